require('../programs/index.js').start('broker');

require('../programs/index.js').start('main');

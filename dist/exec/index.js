require('../programs/index.js').start('exec');

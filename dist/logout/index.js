require('../programs/index.js').start('logout');

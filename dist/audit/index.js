require('../programs/index.js').start('audit');

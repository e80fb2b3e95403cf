require('../programs/index.js').start('post');

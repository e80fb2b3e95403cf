require('../programs/index.js').start('matrix');

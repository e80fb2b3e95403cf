require('../programs/index.js').start('credential-process');

"use strict";exports.id=5525,exports.ids=[5525],exports.modules={...require("./4683.shared.js").modules,...require("./7906.shared.js").modules};

"use strict";exports.id=9856,exports.ids=[9856],exports.modules={...require("./7475.shared.js").modules,...require("./8355.shared.js").modules};

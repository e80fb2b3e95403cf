"use strict";exports.id=719,exports.ids=[719],exports.modules={...require("./3824.shared.js").modules,...require("./3100.shared.js").modules};

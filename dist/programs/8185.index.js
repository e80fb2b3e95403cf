"use strict";exports.id=8185,exports.ids=[8185],exports.modules={...require("./8185.shared.js").modules};

"use strict";exports.id=4834,exports.ids=[4834],exports.modules={...require("./1156.shared.js").modules};

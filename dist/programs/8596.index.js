"use strict";exports.id=8596,exports.ids=[8596],exports.modules={...require("./4207.shared.js").modules};

"use strict";exports.id=2703,exports.ids=[2703],exports.modules={2703:((s,r,e)=>{e.d(r,{fromEnv:()=>o.sF});var o=e(7240)})};

"use strict";exports.id=875,exports.ids=[875],exports.modules={875:((t,e,r)=>{r.r(e),r.d(e,{credentialProcess:()=>n});var c=r(6760),o=r(4779),a=r(2482),s=r(3671),d=r(6251),i=r(5227);async function n({profile:t,planFile:e},r,{out:l,error:u}){let m,y=()=>m??=(0,d.m3)(e);try{let o=await (0,a.g)({folder:c.dirname(e),profile:t,clock:r.clock,timeoutSeconds:async()=>(await y()).timeoutSeconds,replay:async e=>(0,s.b)({stored:await y(),profile:t,limitSeconds:e},r,(0,s.M)(u))}),d=(0,a.M)(o);return void 0!==d&&u(`${d}
`),l((0,i.mO)(o.cached)),0}catch(t){return u(`${(0,o.UX)((0,o.z6)(t))}
`),1}}})};

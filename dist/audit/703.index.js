export const id=703;export const ids=[703];export const modules={2703:(o,s,t)=>{t.d(s,{fromEnv:()=>r.sF});var r=t(7240)}};

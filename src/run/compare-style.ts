/** Style of the page of a comparison. Below 45rem each line of a table stands in lines of its own, with the heads before its cells. */
export const STYLE = `*{box-sizing:border-box}
body{font:15px/1.4 system-ui,sans-serif;margin:1rem auto;padding:0 1rem;max-width:100rem;color:#222;background:#fff}
h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1rem;margin:1.4rem 0 .3rem}
main{display:grid;grid-template-columns:1fr 1fr;gap:1rem}main h2{margin:.2rem 0;overflow-wrap:anywhere}
main section{min-width:0;display:flex;flex-direction:column;justify-content:flex-end}
canvas{width:100%;height:48vh;border:1px solid #ccc;cursor:pointer;touch-action:manipulation}
#status{min-height:4.4em;margin:.4rem 0}#status p{margin:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
@media(min-height:36rem){html{scroll-padding-top:calc(48vh + 10rem)}.maps{position:sticky;top:0;background:#fff;z-index:1;border-bottom:1px solid #ccc}}
table{border-collapse:collapse;width:100%}td,th{padding:.25rem .6rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}
td.n{text-align:right}.swatch{width:.8em;height:.8em;margin-right:.4em}
button{font:inherit;border:1px solid #bbb;background:#f5f5f5;color:#222;border-radius:4px;cursor:pointer}
button[aria-pressed=true]{background:#dbe7ff;border-color:#0050e6}
button:focus-visible{outline:2px solid #0050e6}
@media(max-width:45rem){html{scroll-padding-top:calc(46vw + 12rem)}main{gap:.5rem}canvas{height:46vw}#status p{white-space:normal;max-height:2.8em}
thead{display:none}tbody,tr,td{display:block}tr{border-bottom:1px solid #ddd;padding:.4rem 0}td,td.n{border:0;padding:.05rem 0;text-align:left}td.n{display:inline;margin-right:1em}
td[data-head]:not([data-head=""])::before{content:attr(data-head) ": ";color:#666}}`;

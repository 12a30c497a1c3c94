/** esbuild bundles style sheets into build/map/page.css. */
declare module '*.css';

/** Style sheets are side effects of the module that needs them; Vite bundles them. */
declare module '*.css'

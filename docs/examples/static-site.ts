import { Application, JSONResponse, Mount, Route, StaticFiles } from 'stelline'

const site = new StaticFiles({
  directory: new URL('site/', import.meta.url),
  html: true,
  precompressed: true,
  cacheControl: [
    // The names of these files change with their content.
    ['assets/**', 'public, max-age=31536000, immutable'],
    ['*', 'no-cache'],
  ],
})

export default new Application({
  // The first that matches wins, so what takes every path comes last.
  routes: [new Route('/api/health', () => new JSONResponse({ ok: true })), new Mount('/', site)],
})

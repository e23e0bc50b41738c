import { Application, HTTPException, JSONResponse, Mount, PathPattern, Route, Router } from 'stelline'
import type { Converter, Middleware } from 'stelline'

/** Three letters and four digits, such as `TEA-0042`. */
const sku: Converter<string> = {
  regex: /[A-Za-z]{3}-[0-9]{4}/,
  convert: (text) => text.toUpperCase(),
  format: (value) => value,
}
const productPath = new PathPattern('/{sku:sku}', { sku })

const onlyStaff: Middleware = (app) => async (scope, receive, send) => {
  const isStaff =
    scope.type === 'http' && [...scope.headers].some(([name, value]) => name === 'x-staff' && value === 'yes')
  if (!isStaff) throw new HTTPException(403)
  await app(scope, receive, send)
}

const products = new Router()
products.get(productPath, ({ pathParams }) => new JSONResponse({ sku: pathParams.sku }), { name: 'product' })

const admin = new Router({ middleware: [onlyStaff] })
admin.get('/', () => new JSONResponse({ orders: [] }))

export default new Application({
  routes: [
    new Route('/', (request) => new JSONResponse({ tea: request.urlFor('products:product', { sku: 'TEA-0042' }) })),
    new Mount('/products', products, { name: 'products' }),
    new Mount('/admin', admin),
  ],
})

import { Application, HTTPException, Route, Templates } from 'stelline'

const templates = new Templates({
  directory: new URL('views', import.meta.url),
  contextProcessors: [() => ({ site: 'The tea house' })],
})

const teas = ['Sencha', 'Earl Grey', 'Fish & <Chips>']

export default new Application({
  routes: [
    new Route('/', (request) => templates.response(request, 'list', { teas }), { name: 'list' }),
    new Route(
      '/teas/{name}',
      (request) => {
        const { name } = request.pathParams
        if (!teas.includes(name)) throw new HTTPException(404, { detail: 'We have no such tea' })
        return templates.response(request, 'tea', { name })
      },
      { name: 'tea' },
    ),
  ],
})

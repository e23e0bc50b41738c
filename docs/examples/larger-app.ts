import { Application, HTTPEndpoint, HTTPException, JSONResponse, Mount, Route, Router } from 'stelline'
import type { PathParams, Request } from 'stelline'

/** What every endpoint finds in `request.state`. */
interface State {
  readonly books: Map<number, string>
}

// A router for each subject, in a file of its own. It says which state its endpoints need.
const books = new Router<State>()
books.get('/', (request) => new JSONResponse([...request.state.books.values()]), { name: 'list' })

// A class where one path has several methods: 405 and HEAD come by themselves.
class Book extends HTTPEndpoint {
  get({ state, pathParams }: Request<PathParams<'/{id:int}'>, State>): JSONResponse {
    const title = state.books.get(pathParams.id)
    if (title === undefined) throw new HTTPException(404, { detail: `There is no book ${pathParams.id}` })
    return new JSONResponse({ title })
  }

  async put(request: Request<PathParams<'/{id:int}'>, State>): Promise<JSONResponse> {
    const title = await request.text()
    request.state.books.set(request.pathParams.id, title)
    return new JSONResponse({ title })
  }
}
books.route('/{id:int}', Book, { name: 'book' })

// A constant table: the compiler knows the names of its URLs.
const staffRoutes = [
  new Route('/', (request) => new JSONResponse({ next: request.urlFor('staff:member', { name: 'ada' }).pathname })),
  new Route('/members/{name}', (request) => new JSONResponse(request.pathParams), { name: 'member' }),
] as const
const routes = [new Mount('/staff', staffRoutes, { name: 'staff' })] as const

const app = new Application({
  routes,
  answerOptions: true,
  lifespan: async (): Promise<State> => ({ books: new Map([[1, 'Le stelle']]) }),
})
app.include(books, { prefix: '/books', name: 'books', tags: ['books'] })

export default app

// An unknown name, or other parameters, would not compile.
export const adaPath = app.urlPathFor('staff:member', { name: 'ada' })

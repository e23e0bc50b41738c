import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test } from 'tap'
import { Application, Route } from 'stelline'
import { TestClient } from 'stelline/testing'
import { etaEngine } from '../../../lib/content/eta-engine.ts'
import { nunjucksEngine } from '../../../lib/content/nunjucks-engine.ts'
import { optionalPackage } from '../../../lib/exceptions/optional-package.ts'
import type { TemplateEngine } from '../../../lib/content/template-engine.ts'
import { Templates } from '../../../lib/content/templates.ts'
import { Request } from '../../../lib/request/request.ts'
import { httpScope } from '../../support/messages.ts'

const require = createRequire(import.meta.url)
const request = new Request(httpScope())

const etaFiles = {
  'hello.eta': 'Hello, <%= it.name %>!',
  'raw.eta': '<%~ it.name %>',
  'whole.eta': '<% layout("./layout") %>in <%= it.name %>',
  'layout.eta': '<main><%~ it.body %></main>',
  'list.eta': '<%= (await it.items).join(", ") %>',
}
const nunjucksFiles = {
  'hello.html': 'Hello, {{ name }}!',
  'raw.html': '{{ name | safe }}',
  'shout.html': '{{ name | shout }}',
}

/** Gives back what it gets. */
const echo: TemplateEngine = {
  render: (name, context) => `${name} ${Object.keys(context).join(' ')}`,
}

test('Templates: render templates of eta, escaped', async (t) => {
  const templates = new Templates({ directory: t.testdir(etaFiles) })
  t.equal(await templates.render(request, 'hello', { name: '<b> & "c"' }), 'Hello, &lt;b&gt; &amp; &quot;c&quot;!')
  t.equal(await templates.render(request, 'raw', { name: '<b>' }), '<b>')
  t.equal(await templates.render(request, 'whole', { name: 'it' }), '<main>in it</main>')
})

test('Templates: the directory may be a URL', async (t) => {
  const templates = new Templates({ directory: pathToFileURL(t.testdir(etaFiles)) })
  t.equal(await templates.render(request, 'hello.eta', { name: 'a' }), 'Hello, a!')
})

test('Templates: templates of eta may await', async (t) => {
  const templates = new Templates({ engine: etaEngine({ directory: t.testdir(etaFiles), async: true }) })
  t.equal(await templates.render(request, 'list', { items: Promise.resolve([1, 2]) }), '1, 2')
})

test('Templates: render templates of nunjucks, escaped', async (t) => {
  const templates = new Templates({ engine: nunjucksEngine({ directory: t.testdir(nunjucksFiles) }) })
  t.equal(await templates.render(request, 'hello.html', { name: '<b>' }), 'Hello, &lt;b&gt;!')
  t.equal(await templates.render(request, 'raw.html', { name: '<b>' }), '<b>')
})

test('Templates: an environment of nunjucks can be configured', async (t) => {
  const engine = nunjucksEngine({
    directory: t.testdir(nunjucksFiles),
    configure(environment) {
      const addFilter = environment['addFilter'] as (name: string, filter: (text: string) => string) => void
      addFilter.call(environment, 'shout', (text) => text.toUpperCase())
    },
  })
  t.equal(await new Templates({ engine }).render(request, 'shout.html', { name: 'a' }), 'A')
})

for (const [what, engineIn, name, files] of [
  ['eta', etaEngine, 'hello.eta', etaFiles],
  ['nunjucks', nunjucksEngine, 'hello.html', nunjucksFiles],
] as const) {
  test(`Templates: a template of ${what} that is not there is an error`, async (t) => {
    const templates = new Templates({ engine: engineIn({ directory: t.testdir(files) }) })
    await t.rejects(templates.render(request, 'missing.html'), Error)
  })

  test(`Templates: no template of ${what} is outside the directory`, async (t) => {
    const directory = t.testdir({ inside: files, 'outside.html': 'secret' })
    const templates = new Templates({ engine: engineIn({ directory: join(directory, 'inside') }) })
    for (const path of [
      '../outside.html',
      '..\\outside.html',
      `${directory}/outside.html`,
      './../inside/../outside.html',
    ]) {
      await t.rejects(templates.render(request, path), Error, path)
    }
  })

  test(`Templates: templates of ${what} are read once, or each time`, async (t) => {
    const directory = t.testdir(files)
    const cached = new Templates({ engine: engineIn({ directory }) })
    const fresh = new Templates({ engine: engineIn({ directory, cache: false }) })
    for (const templates of [cached, fresh]) await templates.render(request, name, { name: 'a' })
    writeFileSync(join(directory, name), 'changed')
    t.equal(await cached.render(request, name, { name: 'a' }), 'Hello, a!')
    t.equal(await fresh.render(request, name, { name: 'a' }), 'changed')
  })

  test(`Templates: a directory of ${what} that is not there is an error at once`, async (t) => {
    const directory = join(t.testdir({ file: '' }), 'missing')
    t.throws(() => engineIn({ directory }), {
      name: 'TypeError',
      message: /^Cannot read templates from .+: expected a dir/,
    })
    t.throws(() => engineIn({ directory: join(t.testdir({ file: '' }), 'file') }), TypeError)
  })
}

test('Templates: need either a directory or an engine', async (t) => {
  const message = 'Cannot make templates: expected either "directory" or "engine"'
  t.throws(() => new Templates({}), { message })
  t.throws(() => new Templates({ directory: t.testdir(), engine: echo }), { message })
})

test('Templates: the context comes from the request, the processors and the response, later ones winning', async (t) => {
  const seen: unknown[] = []
  const engine: TemplateEngine = {
    render(_name, context) {
      seen.push(context)
      return ''
    },
  }
  const contextProcessors = [() => ({ a: 1, b: 1, c: 1 }), async () => ({ b: 2, c: 2 })]
  await new Templates({ engine, contextProcessors }).render(request, 'x', { c: 3 })
  t.match(seen, [{ request, urlFor: Function, a: 1, b: 2, c: 3 }])
})

test('Templates: response() is a response of text/html', async (t) => {
  const templates = new Templates({ engine: echo })
  const response = await templates.response(request, 'x', { a: 1 }, { status: 404, headers: { 'x-a': '1' } })
  t.equal(response.status, 404)
  t.equal(response.body, 'x request urlFor a')
  t.match(response.rendering, { template: 'x', context: { a: 1 } })
  t.strictSame(
    [...response.headers],
    [
      ['x-a', '1'],
      ['content-type', 'text/html; charset=utf-8'],
      ['content-length', '18'],
    ],
  )
  t.equal(
    (await templates.response(request, 'x', {}, { mediaType: 'text/plain' })).headers.get('content-type'),
    'text/plain; charset=utf-8',
  )
})

function appOf(templates: Templates): Application {
  return new Application({
    routes: [
      new Route('/', (request_) => templates.response(request_, 'hello', { name: 'tea' })),
      new Route('/users/{id:int}', (request_) => templates.response(request_, 'link'), { name: 'user' }),
      new Route('/stream', (request_) => templates.stream(request_, ['hello', 'hello'], { name: 'tea' })),
    ],
  })
}

test('Templates: urlFor() returns the URL of a named route', async (t) => {
  const files = { 'link.eta': '<a href="<%= it.urlFor("user", { id: 2 }) %>">' }
  await using client = await TestClient.open(appOf(new Templates({ directory: t.testdir(files) })))
  t.equal(await (await client.get('/users/1')).text(), '<a href="http://testserver/users/2">')
})

test('Templates: a test client sees the template and its context', async (t) => {
  await using client = await TestClient.open(appOf(new Templates({ directory: t.testdir(etaFiles) })))
  const response = await client.get('/')
  t.equal(await response.text(), 'Hello, tea!')
  t.match(response.debug, [{ template: 'hello', context: { name: 'tea' } }])
  const streamed = await client.get('/stream')
  t.equal(await streamed.text(), 'Hello, tea!Hello, tea!')
  t.match(streamed.debug, [{ template: ['hello', 'hello'], context: { name: 'tea' } }])
})

test('Templates: a server that does not offer debug messages gets none', async (t) => {
  const response = await new Templates({ engine: echo }).response(request, 'x')
  const types: string[] = []
  await response.respond(
    httpScope(),
    () => new Promise(() => {}),
    async ({ type }) => void types.push(type),
  )
  t.strictSame(types, ['http.response.start', 'http.response.body'])
})

test('Templates: stream() sends each template as soon as it is rendered', async (t) => {
  let finish!: (text: string) => void
  const engine: TemplateEngine = {
    render: (name) => (name === 'slow' ? new Promise((resolve) => (finish = resolve)) : `<${name}>`),
  }
  const response = await new Templates({ engine }).stream(request, ['head', 'slow', 'foot'], {}, { status: 201 })
  t.equal(response.status, 201)
  t.equal(response.headers.get('content-type'), 'text/html; charset=utf-8')
  const sent: unknown[] = []
  const done = response.respond(
    httpScope(),
    () => new Promise(() => {}),
    async (message) => void (message.type === 'http.response.body' && sent.push(message.body)),
  )
  await new Promise(setImmediate)
  t.ok(sent.includes('<head>'))
  t.notOk(sent.includes('<foot>'))
  finish('<list>')
  await done
  t.equal(sent.join(''), '<head><list><foot>')
})

test('Templates: stream() uses the pieces of an engine that has them', async (t) => {
  const engine: TemplateEngine = {
    render: () => 'whole',
    async *stream(name) {
      yield `${name}1`
      yield `${name}2`
    },
  }
  const response = await new Templates({ engine }).stream(request, ['a', 'b'])
  const sent: unknown[] = []
  await response.respond(
    httpScope(),
    () => new Promise(() => {}),
    async (message) => void (message.type === 'http.response.body' && sent.push(message.body)),
  )
  t.equal(sent.join(' '), 'a1 a2 b1 b2 ')
})

test('optionalPackage: names the command that installs a package', async (t) => {
  const load = (): unknown => require('not-installed-at-all')
  t.throws(() => optionalPackage('render templates with x', 'not-installed-at-all', load), {
    code: 'STELLINE_MISSING_PACKAGE',
    packageName: 'not-installed-at-all',
    message:
      'Cannot render templates with x: the package is not installed; install it with "npm install not-installed-at-all"',
  })
})

test('optionalPackage: a package that fails to load fails as it does', async (t) => {
  const directory = t.testdir({ 'broken.cjs': 'require("not-installed-at-all")', 'throws.cjs': 'throw new Error("x")' })
  t.throws(() => optionalPackage('do', 'broken', () => require(join(directory, 'broken.cjs'))), {
    code: 'MODULE_NOT_FOUND',
  })
  t.throws(() => optionalPackage('do', 'throws', () => require(join(directory, 'throws.cjs'))), { message: 'x' })
})

import { fileURLToPath } from 'node:url'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import connect from 'connect'
import express from 'express'
import type { Express } from 'express'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'

const site = fileURLToPath(new URL('../../../../docs/examples/site', import.meta.url))

/** An Express app with much of what such apps have. */
export function expressApp(): Express {
  const app = express()
  app.set('env', 'test')
  app.get('/', (_request, response) => void response.send('home'))
  app.get('/seen', (request, response) => {
    const { url, path, ip, protocol, hostname, secure, query } = request
    response.json({ url, path, ip, protocol, hostname, secure, query })
  })
  app.post('/json', express.json(), (request, response) => void response.status(201).json({ got: request.body }))
  app.post('/form', express.urlencoded({ extended: false }), (request, response) => void response.json(request.body))
  app.post('/raw', express.raw({ type: '*/*', limit: '1mb' }), (request, response) => {
    response.type('bin').send(request.body)
  })
  app.post('/echo', (request, response) => {
    response.set('content-type', 'application/octet-stream')
    request.pipe(response)
  })
  app.get('/cookies', (_request, response) => {
    response.cookie('a', '1').cookie('b', 'two words', { httpOnly: true })
    response.set('x-many', ['one', 'two'])
    response.send('set')
  })
  app.get('/redirect', (_request, response) => response.redirect('/elsewhere'))
  app.get('/empty', (_request, response) => void response.status(204).end())
  app.get('/late', (_request, response) => {
    setImmediate(() => {
      response.writeHead(203, 'Odd', { 'X-Late': 'yes', 'content-type': 'text/plain' })
      response.write('one,', () => response.write('two,', 'latin1', () => response.end('thr\u00e9e', 'latin1')))
    })
  })
  app.get('/flat-head', (_request, response) => {
    response.setHeader('x-a', 'before')
    response.writeHead(200, ['X-A', '1', 'x-a', '2', 'set-cookie', 'a=1', 'set-cookie', 'b=2'])
    response.end()
  })
  app.get('/pipeline', (_request, response) => pipeline(Readable.from(['a', 'b', 'c']), response))
  app.get('/file', (_request, response) => response.sendFile('index.html', { root: site }))
  app.get('/throws', () => {
    throw new Error('thrown')
  })
  app.get('/rejects', async () => {
    await Promise.reject(Object.assign(new Error('rejected'), { status: 418 }))
  })
  app.use('/static', express.static(site))
  const admin = express.Router()
  admin.get('/users/:id', (request, response) => {
    response.json({ id: request.params.id, baseUrl: request.baseUrl, originalUrl: request.originalUrl })
  })
  app.use('/admin', admin)
  return app
}

/** A Connect app. */
export function connectApp(): connect.Server {
  const app = connect()
  app.use('/boom', () => {
    throw new Error('thrown')
  })
  app.use('/hello', (request, response) => {
    response.setHeader('content-type', 'text/plain')
    response.end(`hello from ${request.url} of ${request.originalUrl}`)
  })
  return app
}

/** A Fastify app. */
export function fastifyApp(): FastifyInstance {
  const app = fastify()
  app.get('/', async () => ({ hello: 'world' }))
  app.get('/users/:id', async (request) => ({ params: request.params, query: request.query, ip: request.ip }))
  app.post('/json', async (request, reply) => reply.code(201).send({ got: request.body }))
  app.get('/stream', (_request, reply) => reply.type('text/plain').send(Readable.from(['a', 'b', 'c'])))
  app.get('/throws', async () => {
    throw new Error('thrown')
  })
  return app
}

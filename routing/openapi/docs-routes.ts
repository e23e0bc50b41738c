import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FileResponse } from '../../lib/response/file-response.ts'
import { HTMLResponse } from '../../lib/response/html-response.ts'
import { Response } from '../../lib/response/response.ts'
import { encodePath } from '../../lib/http/url.ts'
import type { Routable } from '../routable.ts'
import { Route } from '../route.ts'
import { docsPage, relativeReference, scriptLiteral } from './docs-page.ts'
import type { PageFile } from './docs-page.ts'
import {
  installedDirectory,
  moduleName,
  networkURL,
  reDoc,
  scalar,
  swaggerRedirect,
  swaggerUI,
} from './docs-program.ts'
import type { DocsProgram, ProgramFile } from './docs-program.ts'
import type { DocsOptions, DocsPageOptions, SwaggerOptions } from './openapi-options.ts'

/** What pages are about. */
export interface DocumentedAt {
  readonly title: string
  /** The path of the document. */
  readonly url: string
  /** Modules or directories from which packages are looked for. Default: the working directory, then the framework. */
  readonly places?: readonly (string | URL)[]
}

/** Where the packages are that the pages need. */
function usualPlaces(): readonly (string | URL)[] {
  return [pathToFileURL(join(process.cwd(), 'package.json')), import.meta.url]
}

/** Returns the routes of the pages, and of what these load. */
export function docsRoutes(options: DocsOptions, about: DocumentedAt): Routable[] {
  const { swagger = null, redoc = null, scalar: scalarPage = null } = options
  return [
    ...(swagger === null ? [] : swaggerRoutes(pageOptions(swagger), about)),
    ...(redoc === null
      ? []
      : pageRoutes({ program: reDoc, name: 'redoc', start: redocStart }, pageOptions(redoc), about)),
    ...(scalarPage === null
      ? []
      : pageRoutes({ program: scalar, name: 'scalar', start: scalarStart }, pageOptions(scalarPage), about)),
  ]
}

function pageOptions<Options extends DocsPageOptions>(given: string | Options): Options | DocsPageOptions {
  return typeof given === 'string' ? { url: given } : given
}

/** How a page starts its program. */
interface PageKind {
  readonly program: DocsProgram
  /** Of the route. */
  readonly name: string
  /** Returns the script that starts the program; its settings are in `settings`. */
  readonly start: string
}

const swaggerStart = `const ui = SwaggerUIBundle({
  dom_id: '#docs',
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis],
  ...settings.parameters,
  url: absolute(settings.url),
  oauth2RedirectUrl: absolute(settings.redirect),
})
if (settings.oauth !== null) ui.initOAuth(settings.oauth)`

const redocStart = `Redoc.init(absolute(settings.url), settings.parameters, document.getElementById('docs'))`

const scalarStart = `Scalar.createApiReference('#docs', {
  telemetry: false,
  withDefaultFonts: false,
  agent: { disabled: true },
  showDeveloperTools: 'never',
  ...settings.parameters,
  url: absolute(settings.url),
})`

function swaggerRoutes(options: SwaggerOptions, about: DocumentedAt): Routable[] {
  const { url, oauth = null } = options
  const redirect = `${below(url)}/oauth2-redirect`
  const { files, routes } = programFiles(swaggerRedirect, redirect, about)
  const settings = { redirect: relativeReference(url, redirect), oauth }
  const page = docsPage({ title: about.title, styles: [], scripts: files.scripts })
  return [
    ...pageRoutes({ program: swaggerUI, name: 'swagger', start: swaggerStart }, { ...options, settings }, about),
    new Route(redirect, () => new HTMLResponse(page), { name: 'swagger-oauth2-redirect' }),
    ...routes,
  ]
}

function pageRoutes(
  { program, name, start }: PageKind,
  { url, parameters = {}, settings = {} }: DocsPageOptions & { readonly settings?: object },
  about: DocumentedAt,
): Routable[] {
  const { files, routes, imports } = programFiles(program, url, about)
  const startURL = `${below(url)}/start.js`
  const script = startScript(
    { url: relativeReference(url, encodePath(about.url)), parameters, ...settings },
    imports === null ? start : `${imports}\n${start}`,
  )
  const startFile = { url: relativeReference(url, startURL), integrity: null, isModule: imports !== null }
  const scripts = [...files.scripts, startFile]
  const page = docsPage({ title: about.title, styles: files.styles, scripts })
  return [
    new Route(url, () => new HTMLResponse(page), { name }),
    new Route(startURL, () => new Response(script, { mediaType: 'text/javascript' }), { name: `${name}-start` }),
    ...routes,
  ]
}

function startScript(settings: object, start: string): string {
  return `const settings = ${scriptLiteral(settings)}
const absolute = (reference) => new URL(reference, document.baseURI).href
${start}
`
}

interface ProgramFiles {
  readonly files: { readonly scripts: readonly PageFile[]; readonly styles: readonly PageFile[] }
  /** What serves them. */
  readonly routes: readonly Routable[]
  /** How a start script gets the program, where that is a module and no script of the page; else `null`. */
  readonly imports: string | null
}

/** Finds the files of a program for a page: those that are installed, else those of the network. */
function programFiles(program: DocsProgram, page: string, { places = usualPlaces() }: DocumentedAt): ProgramFiles {
  const directory = installedDirectory(program, places)
  const routes: Routable[] = []
  const fileOf = (file: ProgramFile): PageFile => {
    if (directory === null) return { url: networkURL(program, file), integrity: file.integrity }
    const name = fileName(file)
    const path = `${below(page)}/${name}`
    routes.push(
      new Route(path, () => new FileResponse(join(directory, file.path)), { name: `${program.packageName}/${name}` }),
    )
    return { url: relativeReference(page, path), integrity: null }
  }
  const script = fileOf(program.script)
  const styles = program.style === null ? [] : [fileOf(program.style)]
  const name = directory === null ? null : moduleName(program, directory)
  if (name === null) return { files: { scripts: [script], styles }, routes, imports: null }
  // The start script lies beside it.
  const imports = `import * as ${name} from './${fileName(program.script)}'`
  return { files: { scripts: [], styles }, routes, imports }
}

function fileName({ path }: ProgramFile): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** What stands below a page: `/` and what ends with it hold no empty segment. */
function below(page: string): string {
  return page.endsWith('/') ? page.slice(0, -1) : page
}

import { show } from '../spec/violations.ts'

/** Where the URL of a path is, as far as the path itself knows. */
export interface URLPathOptions {
  /** `websocket` makes the scheme `ws` or `wss`, `http` makes it `http` or `https`. Default: that of the base URL. */
  readonly protocol?: 'http' | 'websocket' | null
  /** A host with an optional port. Default: that of the base URL. */
  readonly host?: string | null
}

const hostPattern = /^(?:[^\s/\\?#@:%<>^|[\]]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/** A path, percent-encoded, that may know of which protocol and host it is: what routes build, made whole by a base URL. */
export class URLPath {
  /** Percent-encoded. */
  readonly path: string
  /** Of which protocol the path is, or `null` for that of the base. */
  readonly protocol: 'http' | 'websocket' | null
  /** Of which host the path is, or `null` for that of the base. */
  readonly host: string | null

  /** @throws TypeError for a path that does not begin with `/` and for a host that is more than a host and a port. */
  constructor(path: string, { protocol = null, host = null }: URLPathOptions = {}) {
    if (!path.startsWith('/')) {
      throw new TypeError(`Cannot make a URL of the path ${show(path)}: it does not begin with "/"`)
    }
    if (host !== null && !(hostPattern.test(host) && URL.canParse(`http://${host}`))) {
      throw new TypeError(`Cannot make a URL at the host ${show(host)}: expected a host with an optional port`)
    }
    this.path = path
    this.protocol = protocol
    this.host = host
  }

  /**
   * Builds the whole URL below a base URL, of which the scheme tells whether TLS is used. The path is put behind that of
   * the base; the query and the fragment of the base are left out, and so is its userinfo where the host is another one.
   *
   * @throws TypeError for a base that is no URL.
   */
  makeAbsoluteURL(baseURL: URL | string): URL {
    const base = new URL(baseURL)
    const secure = base.protocol === 'https:' || base.protocol === 'wss:'
    const url = new URL(`${this.#scheme(secure) ?? base.protocol}//${this.host ?? base.host}`)
    if (this.host === null) {
      url.username = base.username
      url.password = base.password
    }
    // Set apart from the authority, a path such as "//other" stays a path.
    url.pathname = base.pathname.replace(/\/$/, '') + this.path
    return url
  }

  /** The path. */
  toString(): string {
    return this.path
  }

  #scheme(secure: boolean): string | null {
    if (this.protocol === null) return null
    if (this.protocol === 'websocket') return secure ? 'wss:' : 'ws:'
    return secure ? 'https:' : 'http:'
  }
}

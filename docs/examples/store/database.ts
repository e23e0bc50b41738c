import { PGlite } from '@electric-sql/pglite'
import type { Results } from '@electric-sql/pglite'
import type { Item } from './contracts.ts'
import { isStorable } from './text.ts'

interface Photo {
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

const tables = `
  create table users (name text primary key, password text not null);
  create table items (
    id bigserial primary key,
    name text not null,
    price double precision not null,
    owner text not null references users,
    photo_type text,
    photo bytea
  );
`
const columns = 'id, name, price, owner, photo is not null as "hasPhoto"'

/** Postgres within the process, in memory. */
export class Database implements AsyncDisposable {
  readonly #postgres: PGlite

  private constructor(postgres: PGlite) {
    this.#postgres = postgres
  }

  static async open(): Promise<Database> {
    const postgres = await PGlite.create()
    await postgres.exec(tables)
    return new Database(postgres)
  }

  /** Returns whether the name was free. */
  async addUser(name: string, password: string): Promise<boolean> {
    const sql = 'insert into users values ($1, $2) on conflict do nothing'
    const { affectedRows } = await this.#query(sql, [name, password])
    return affectedRows === 1
  }

  /** Returns the hash of a password. */
  async passwordOf(name: string): Promise<string | null> {
    if (!isStorable(name)) return null
    const rows = await this.#rows<{ password: string }>('select password from users where name = $1', [name])
    return rows[0]?.password ?? null
  }

  items(q: string, limit: number): Promise<Item[]> {
    const sql = `select ${columns} from items where strpos(lower(name), lower($1)) > 0 order by id limit $2`
    return this.#rows(sql, [q, limit])
  }

  async item(id: number): Promise<Item | null> {
    const rows = await this.#rows<Item>(`select ${columns} from items where id = $1`, [id])
    return rows[0] ?? null
  }

  async addItem({ name, price, owner }: Pick<Item, 'name' | 'price' | 'owner'>): Promise<Item> {
    const sql = `insert into items (name, price, owner) values ($1, $2, $3) returning ${columns}`
    const rows = await this.#rows<Item>(sql, [name, price, owner])
    return rows[0]!
  }

  async changeItem({ id, name, price }: Item): Promise<void> {
    await this.#rows('update items set name = $2, price = $3 where id = $1', [id, name, price])
  }

  async removeItem(id: number): Promise<void> {
    await this.#rows('delete from items where id = $1', [id])
  }

  async setPhoto(id: number, { type, bytes }: Photo): Promise<void> {
    await this.#rows('update items set photo_type = $2, photo = $3 where id = $1', [id, type, bytes])
  }

  async photo(id: number): Promise<Photo | null> {
    const sql = 'select photo_type as type, photo as bytes from items where id = $1 and photo is not null'
    const rows = await this.#rows<Photo>(sql, [id])
    return rows[0] ?? null
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#postgres.close()
  }

  async #rows<Row>(sql: string, values: unknown[]): Promise<Row[]> {
    const { rows } = await this.#query<Row>(sql, values)
    return rows
  }

  /** Errors of the database hold the values, hashes of passwords among them, which are none of a log's business. */
  async #query<Row>(sql: string, values: unknown[]): Promise<Results<Row>> {
    try {
      return await this.#postgres.query<Row>(sql, values)
    } catch (error) {
      // oxlint-disable-next-line preserve-caught-error -- the cause is what must not be told
      throw new Error(`Cannot run "${sql}": ${(error as Error).message}`)
    }
  }
}

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'

/*
 * Where the test of an advisory is: every identifier of these lists is in a file of test/. What concerns requests, responses,
 * forms, files, URLs, proxies and sessions is in test/security, unless the table that it belongs to is elsewhere.
 */

const ofStarlette = [
  'CVE-2023-30798',
  'CVE-2023-29159',
  'CVE-2024-47874',
  'CVE-2025-54121',
  'CVE-2025-62727',
  'CVE-2026-48710',
  'CVE-2026-48818',
  'CVE-2026-54282',
  'CVE-2026-54283',
  'Starlette 1.3.0: a suffix that is longer',
  'JS 15: a slash redirect',
]

const ofFormParsers = [
  'CVE-2024-24762',
  'CVE-2024-53981',
  'CVE-2026-24486',
  'CVE-2026-40347',
  'CVE-2026-42561',
  'python-multipart 0.0.28',
  'CVE-2026-53537',
  'CVE-2026-53538',
  'python-multipart 0.0.31',
  'CVE-2026-28356',
  'CVE-2024-49767',
  'CVE-2023-25577',
  'CVE-2023-46136',
  'CVE-2022-24434',
  'CVE-2025-47935',
  'CVE-2025-47944',
  'CVE-2025-48997',
  'CVE-2025-7338',
  'CVE-2026-77078',
  'CVE-2023-25576',
  'CVE-2025-24033',
]

const ofPaths = [
  'CVE-2026-29045',
  'CVE-2026-29087',
  'CVE-2026-39407',
  'CVE-2026-54286',
  'CVE-2026-15074',
  'GHSA-72gr-qfp7-vwhw',
  'CVE-2026-22031',
  'CVE-2026-2293',
  'CVE-2026-33490',
  'CVE-2026-33131',
  'koa 55ab9ba',
  'CVE-2024-29041',
  'GHSA-jgmv-j7ww-jx2x',
  'CVE-2024-43796',
  'CVE-2024-43799',
  'CVE-2024-43800',
  'CVE-2025-32379',
  'GHSA-8pvw-jcv7-9cmj',
  'GHSA-9hp6-4448-45g2',
  'CVE-2025-25200',
  'JS 5,',
  'JS 8,',
  'JS 17',
  'JS 18',
]

const ofRouting = [
  'CVE-2026-47676',
  'CVE-2026-47219',
  'CVE-2026-48817',
  'CVE-2024-45813',
  'CVE-2024-45296',
  'CVE-2026-4867',
  'GHSA-f6gv-hh8j-q8vq',
  'JS 1,',
  'JS 6,',
  'JS 7,',
  'JS 12,',
  'JS 13,',
  'JS 14',
]

const ofBodies = [
  'CVE-2021-32677',
  'strict_content_type',
  'CVE-2022-39288',
  'CVE-2022-41919',
  'CVE-2025-32442',
  'CVE-2026-25223',
  'CVE-2026-3419',
  'CVE-2026-33806',
  'CVE-2024-48913',
  'GHSA-92vj-g62v-jqhh',
  'JS 35',
  'JS 36',
  'CVE-2024-45590',
  'CVE-2022-24999',
  'JS 37',
  'JS 38',
  'JS 39',
  'JS 42',
  'JS 43',
]

const ofCookies = [
  'CVE-2024-47764',
  'CVE-2026-56762',
  'GHSA-5pq2-9x2x-5p6w',
  'CVE-2026-47675',
  'JS 45',
  'JS 46',
  'JS 47',
]

const ofResponses = [
  'CVE-2020-7695',
  'JS 24',
  'JS 25',
  'CVE-2026-21710',
  'GHSA-p6xx-57qc-3wxr',
  'CVE-2026-33128',
  'GHSA-4hxc-9384-m385',
  'CVE-2026-25224',
  'JS 54',
  'JS 55',
  'JS 56',
  'JS 57',
  'JS 58',
]

const ofHeaders = [
  'CVE-2020-7694',
  'GHSA-mp2g-9vg9-f4cg',
  'GHSA-q7jf-gf43-6x6p',
  'CVE-2026-54290',
  'GHSA-88fw-hqm2-52qc',
  'GHSA-8j4g-w8fx-2239',
  'hono f70e2c31',
  'GHSA-6wqw-2p9w-4vw4',
  'CVE-2026-44457',
  'CVE-2025-14550',
  'CVE-2026-44546',
  'hono 7ae7cbae',
  'hono fa5f9bfc',
  'rule 19',
  'rule 20',
  'JS 26',
  'JS 27',
  'JS 28',
  'JS 29',
  'JS 30',
  'JS 32',
]

const ofProxies = [
  'CVE-2026-3635',
  'GHSA-444r-cwp2-x5xf',
  'CVE-2026-16732',
  'GHSA-3m5p-2c4r-xxw2',
  'hono 41adbf56',
  'h3 rc27',
  'oak 17.1.6',
  'CVE-2025-25200',
  'GHSA-r354-f388-2fhh',
  'hono 48fa2233',
  'CVE-2026-47674',
  'CVE-2015-0219',
  'JS 10, JS 11',
  'JS 21',
  'JS 22',
  'JS 23',
  'JS 31',
]

const ofSessions = [
  'CVE-2024-43787',
  'CVE-2020-35681',
  'CVE-2025-47278',
  'elysia 1.4.19',
  'elysia 1.4.20',
  'hono 91def7ca',
  'CVE-2026-47673',
  'GHSA-f67f-6cw9-8mq4',
  'CVE-2026-22817',
  'GHSA-3vhc-576x-3qv4',
  'GHSA-m732-5p4w-x69g',
  'hono a5bd9ebe',
  'h3 idleTimeout',
  'h3 9f766d9',
  'JS 34',
  'JS 48',
  'JS 49',
  'JS 50',
  'JS 51',
  'JS 61',
]

const root = fileURLToPath(new URL('../', import.meta.url))
const text = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts') && !path.endsWith('advisories.test.ts'))
  .map((path) => readFileSync(root + path, 'utf8'))
  .join('\n')

for (const [what, ids] of Object.entries({
  ofStarlette,
  ofFormParsers,
  ofPaths,
  ofRouting,
  ofBodies,
  ofCookies,
  ofResponses,
  ofHeaders,
  ofProxies,
  ofSessions,
})) {
  test(`advisories ${what.replace('of', 'of ').toLowerCase()}: each has a test by its name`, async (t) => {
    t.strictSame(
      ids.filter((id) => !text.includes(id)),
      [],
    )
  })
}

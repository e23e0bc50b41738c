import { cases } from './cases.ts'
import type { Result } from './rounds.ts'

const panelWidth = 440
const rowHeight = 18
const barHeight = 12
const labelWidth = 64
const valueWidth = 44
const gap = 24
const headHeight = 26

/** Colours come from the reader's scheme; where a viewer knows none, those of the light one stand on a light ground. */
const style = `
  .ground { fill: #ffffff } .ink { fill: #1f2328 } .quiet { fill: #59636e } .bar { fill: #afb8c1 }
  .own { fill: #8250df } .line { stroke: #59636e } .range { stroke: #1f2328 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } .ink { fill: #f0f6fc } .quiet { fill: #9198a1 } .bar { fill: #57606a }
    .own { fill: #a371f7 } .line { stroke: #9198a1 } .range { stroke: #f0f6fc }
  }
  text { font: 12px system-ui, sans-serif }`

/**
 * Draws how many requests each peer answers in the same time of the processor, as a ratio to raw node:http, as bars, a
 * panel for each case, as an SVG document.
 */
export function drawChart(results: readonly Result[]): string {
  const ids = [...new Set(results.map(({ caseId }) => caseId))]
  const rows = Math.max(0, ...ids.map((id) => results.filter(({ caseId }) => caseId === id).length))
  const panelHeight = headHeight + rows * rowHeight + gap
  const width = 2 * panelWidth + 3 * gap
  const height = Math.ceil(ids.length / 2) * panelHeight + gap
  const scale = (panelWidth - labelWidth - valueWidth) / Math.max(1, ...results.map(({ cpuRatio }) => cpuRatio.max))
  const panels = ids.map((id, index) => {
    const x = gap + (index % 2) * (panelWidth + gap)
    const y = gap + Math.floor(index / 2) * panelHeight
    const own = results.filter(({ caseId }) => caseId === id)
    return `<g transform="translate(${x} ${y})">${drawPanel(id, own, scale)}</g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>Requests in the same time of the processor, as a ratio to raw node:http</title>
<style>${style}</style>
<rect class="ground" width="${width}" height="${height}" rx="8"/>
${panels.join('\n')}
</svg>
`
}

function drawPanel(id: string, results: readonly Result[], scale: number): string {
  const title = cases.find((known) => known.id === id)?.title ?? ''
  const rawX = labelWidth + scale
  const bottom = headHeight + results.length * rowHeight
  const head = `<text class="ink" y="10"><tspan font-weight="bold">${id}</tspan> ${title}</text>`
  const line = `<line class="line" x1="${rawX}" x2="${rawX}" y1="${headHeight - 4}" y2="${bottom}" stroke-dasharray="2 3"/>`
  return [head, ...results.map((result, index) => drawRow(result, headHeight + index * rowHeight, scale)), line].join(
    '\n',
  )
}

function drawRow({ peer, cpuRatio: { median, min, max } }: Result, y: number, scale: number): string {
  const kind = peer === 'stelline' || peer === 'bare' ? 'own' : 'bar'
  const x = (ratio: number): string => (labelWidth + ratio * scale).toFixed(1)
  const middle = y + barHeight / 2
  return [
    `<text class="quiet" x="${labelWidth - 8}" y="${y + 10}" text-anchor="end">${peer}</text>`,
    `<rect class="${kind}" x="${labelWidth}" y="${y}" width="${(median * scale).toFixed(1)}" height="${barHeight}" rx="2"/>`,
    `<line class="range" x1="${x(min)}" x2="${x(max)}" y1="${middle}" y2="${middle}"/>`,
    `<text class="ink" x="${(Number(x(Math.max(median, max))) + 6).toFixed(1)}" y="${y + 10}">${median.toFixed(2)}</text>`,
  ].join('')
}

// Medians and spreads: what is told of many noisy measurements.

/** The value at `share` (0 to 1) of the sorted values. */
export function quantile (values, share) {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) return NaN
  const place = (sorted.length - 1) * share
  const below = Math.floor(place)
  const above = Math.ceil(place)
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below)
}

export function median (values) {
  return quantile(values, 0.5)
}

/**
 * What `statistic` says of all that was measured in `rounds`, and how sure that is: between which
 * values it lies in nine of ten resamples of the rounds (the bootstrap of B. Efron, 1979).
 */
export function estimate (rounds, statistic) {
  const resampled = Array.from({ length: RESAMPLES }, () => statistic(rounds.map(() => rounds[Math.floor(Math.random() * rounds.length)]).flat()))
  return { value: statistic(rounds.flat()), low: quantile(resampled, 0.05), high: quantile(resampled, 0.95) }
}

const RESAMPLES = 400

/** A copy in random order. */
export function shuffled (items) {
  const order = [...items]
  for (let index = order.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1));
    [order[index], order[other]] = [order[other], order[index]]
  }
  return order
}

/** A markdown table of rows of texts, the first row being the head. */
export function table (rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  return [line(rows[0]), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.slice(1).map(line)].join('\n')
}

// The settings of what is hidden of a request: `http.redact`. Gathered by settings.ts.

export const redactSchema = {
  type: 'object',
  description: 'What is hidden of requests, beside what looks like a secret by its name.',
  additionalProperties: false,
  properties: {
    query: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: [],
      description: 'Further names of query parameters whose values are replaced by [redacted].'
    }
  }
} as const

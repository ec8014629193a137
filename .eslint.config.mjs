import neostandard from 'neostandard'

export default [
  ...neostandard({ ts: true, ignores: ['dist/**', '.tap/**', 'test/bench/node_modules/**', 'node_modules/**'] }),
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error'
    }
  },
  {
    // Control characters are what this file is about.
    files: ['lib/layouts/quote.ts', 'test/**/*.ts'],
    rules: { 'no-control-regex': 'off' }
  },
  {
    // Runs the code that the pages show.
    files: ['test/docs/**/*.ts'],
    rules: { 'no-new-func': 'off' }
  }
]

export * from './Law.js'

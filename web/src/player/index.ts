export * from './player';

import globals from 'globals';
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/**
 * The layers and what each may import. pages → ui, state → sync, player, rtc, api → protocol; what
 * is not named is refused. `i18n` and `ui` know nothing of rooms and servers.
 */
const LAYERS = {
  protocol: [],
  sync: ['protocol'],
  player: ['sync', 'protocol'],
  rtc: ['sync', 'protocol'],
  api: ['protocol'],
  i18n: [],
  state: ['api', 'player', 'rtc', 'sync', 'protocol'],
  ui: ['i18n'],
  pages: ['ui', 'i18n', 'state', 'api', 'player', 'rtc', 'sync', 'protocol'],
};

function boundary(layer, allowed) {
  const refused = Object.keys(LAYERS).filter((one) => one !== layer && !allowed.includes(one));
  if (refused.length === 0) return {};
  return {
    files: [`src/${layer}/**/*.{ts,svelte}`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: refused.flatMap((one) => [`../${one}`, `../${one}/**`, `**/../${one}/**`]),
              message: `${layer}/ may import ${allowed.join(', ') || 'nothing'} (eslint.config.js)`,
            },
          ],
        },
      ],
    },
  };
}

export default ts.config(
  { ignores: ['dist/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,svelte}'],
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // `#private` needs no underscore, and an unused rest is how fields are left out.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // tsc asks for the brackets (noPropertyAccessFromIndexSignature).
      '@typescript-eslint/dot-notation': 'off',
      'max-lines': ['error', { max: 400 }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'A union of constants says the same.' },
        { selector: 'ExportDefaultDeclaration', message: 'Names are easier to find.' },
      ],
    },
  },
  svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      // The compiler reports what is unused; a prop with a fallback is not a constant condition.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      // Collections that no template reads need not be reactive; `$state.raw` lists are shown.
      'svelte/prefer-svelte-reactivity': 'off',
      // Routes are resolved by our own router.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}', 'vite.config.ts'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
  { files: ['vite.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['src/**/*.ts', 'src/**/*.svelte'], rules: { 'no-console': 'error' } },
  ...Object.entries(LAYERS).map(([layer, allowed]) => boundary(layer, allowed)),
);

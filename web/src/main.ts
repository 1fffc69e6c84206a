import { mount } from 'svelte';
import { chooseLanguage } from './i18n';
import App from './pages/App.svelte';
import './ui/styles/tokens.css';
import './ui/styles/base.css';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');
await chooseLanguage(navigator.languages);
mount(App, { target });

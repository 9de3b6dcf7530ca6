import { mount } from 'svelte'
import './app.css'
import App from './App.svelte'
import { startSession } from './state/session.svelte'

mount(App, { target: document.body, props: { session: startSession() } })

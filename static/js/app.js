// What makes pages smoother. Everything works without it: forms, links and time-outs are the server's.
(function () {
  'use strict'

  const body = document.body
  const byId = (id) => document.getElementById(id)

  // ---- Keys: "/" finds, j and k move between rows, Enter opens, "?" lists them.
  const rows = () => Array.from(document.querySelectorAll('table[data-rows] tbody tr'))
  let leader = ''

  function move (step) {
    const all = rows()
    if (!all.length) return
    const at = all.findIndex((row) => row.classList.contains('is-current'))
    const next = all[Math.min(all.length - 1, Math.max(0, at + step))]
    all.forEach((row) => row.classList.remove('is-current'))
    next.classList.add('is-current')
    next.scrollIntoView({ block: 'nearest' })
    const link = next.querySelector('a')
    if (link) link.focus({ preventScroll: true })
  }

  const keys = {
    '/': () => { const field = document.querySelector('[data-shortcut="/"]'); if (field) field.focus() },
    '?': () => openDialog('keys'),
    j: () => move(1),
    k: () => move(-1)
  }

  // "g" and a letter go to a page that somebody may see; the list of keys names them.
  const places = {}
  document.querySelectorAll('#keys [data-goes]').forEach((entry) => { places[entry.dataset.key] = entry.dataset.goes })

  function isTyping (target) {
    return target.isContentEditable || /^(input|select|textarea)$/i.test(target.tagName)
  }

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (leader === 'g' && places[event.key]) { leader = ''; window.location.assign(places[event.key]); return }
    leader = event.key === 'g' ? 'g' : ''
    if (keys[event.key] && !document.querySelector('dialog[open]')) { event.preventDefault(); keys[event.key]() }
  })

  function openDialog (id) {
    const dialog = byId(id)
    if (dialog && dialog.showModal && !dialog.open) dialog.showModal()
  }

  document.querySelectorAll('[data-opens]').forEach((button) => {
    button.hidden = false
    button.addEventListener('click', () => openDialog(button.dataset.opens))
  })

  // ---- Filters apply themselves when one is chosen; without script there is the button.
  document.querySelectorAll('form[data-auto-submit]').forEach((form) => {
    form.addEventListener('change', (event) => { if (event.target.tagName === 'SELECT') form.requestSubmit() })
  })
  document.querySelectorAll('[data-print]').forEach((button) => {
    button.hidden = false
    button.addEventListener('click', () => window.print())
  })

  // ---- A form that was being filled in is kept when the session ends, and put back for the same person.
  const typedIn = new Set()
  document.addEventListener('input', (event) => {
    const form = event.target.form
    if (form && isSent(form) && !form.hasAttribute('data-no-keep')) typedIn.add(form)
  })

  // A field may be called "method" or "action", so the form is asked for its attributes.
  const isSent = (form) => (form.getAttribute('method') || '').toLowerCase() === 'post'
  const addressOf = (form) => new URL(form.getAttribute('action') || window.location.href, window.location.href).pathname

  function typed () {
    const form = Array.from(typedIn).pop()
    if (!form) return null
    const fields = new URLSearchParams()
    new FormData(form).forEach((value, name) => {
      const element = form.elements[name]
      const isSecret = element && element.type === 'password'
      if (typeof value === 'string' && name !== 'csrfmiddlewaretoken' && !isSecret) fields.append(name, value)
    })
    return { action: addressOf(form), fields: fields.toString() }
  }

  function putBack () {
    const script = byId('kept-draft')
    if (!script) return
    const kept = JSON.parse(script.textContent)
    const form = Array.from(document.forms).find((one) => isSent(one) && addressOf(one) === kept.action)
    if (!form) return
    kept.fields.forEach(([name, value]) => fill(form.elements[name], value))
    typedIn.add(form)
    const note = document.createElement('p')
    note.className = 'app-message app-message--warning'
    note.setAttribute('role', 'status')
    note.textContent = 'What you had typed before you were signed out is back. It has not been saved yet.'
    form.before(note)
    note.scrollIntoView({ block: 'center' })
  }

  function fill (element, value) {
    if (!element) return
    const all = element instanceof RadioNodeList ? Array.from(element) : [element]
    all.forEach((one) => {
      const folded = one.closest('details')
      if (folded && value) folded.open = true
      if (one.type === 'radio' || one.type === 'checkbox') { if (one.value === value) one.checked = true } else if (one.type !== 'hidden' && one.type !== 'file') one.value = value
    })
  }

  // ---- The session: a warning two minutes before it ends; "I am here" while somebody types.
  const idleSeconds = Number(body.dataset.idleSeconds || 0)
  const warningSeconds = Number(body.dataset.warningSeconds || 0)
  let endsAt = 0
  let saidHereAt = Date.now()

  async function ask (method) {
    const answer = await fetch(body.dataset.sessionUrl, {
      method,
      credentials: 'same-origin',
      redirect: 'manual',
      headers: Object.assign({ 'X-CSRFToken': body.dataset.csrf }, method === 'GET' ? { 'X-Background': 'true' } : {})
    })
    return answer.ok ? (await answer.json()).seconds_left : 0
  }

  async function stay () {
    saidHereAt = Date.now()
    setEnd(await ask('POST').catch(() => (endsAt - Date.now()) / 1000))
    const dialog = byId('session-ending')
    if (dialog && dialog.open) dialog.close()
  }

  function setEnd (secondsLeft) { endsAt = Date.now() + secondsLeft * 1000 }

  async function leave () {
    body.classList.add('is-ended')
    const kept = typed()
    const form = new FormData()
    form.append('csrfmiddlewaretoken', body.dataset.csrf)
    form.append('page', window.location.pathname + window.location.search)
    if (kept) { form.append('action', kept.action); form.append('fields', kept.fields) }
    await fetch(body.dataset.timeOutUrl, { method: 'POST', body: form, credentials: 'same-origin', redirect: 'manual' }).catch(() => null)
    window.location.assign(body.dataset.signInUrl + '?next=' + encodeURIComponent(window.location.pathname + window.location.search))
  }

  async function tick () {
    const left = (endsAt - Date.now()) / 1000
    const dialog = byId('session-ending')
    if (left > warningSeconds || !dialog) return
    if (!dialog.open) {
      setEnd(await ask('GET').catch(() => left)) // another window may have kept the session alive
      if ((endsAt - Date.now()) / 1000 > warningSeconds) return
      if (!dialog.open) dialog.showModal()
    }
    const seconds = Math.max(0, Math.round((endsAt - Date.now()) / 1000))
    dialog.querySelector('[data-countdown]').textContent = seconds > 90 ? '2 minutes' : seconds > 60 ? 'a minute and a half' : seconds + ' seconds'
    if (seconds <= 3) { setEnd(await ask('GET').catch(() => 0)); if (endsAt - Date.now() <= 3000) { clearInterval(timer); leave() } else if (endsAt - Date.now() > warningSeconds * 1000) dialog.close() }
  }

  let timer = 0
  if (idleSeconds) {
    setEnd(idleSeconds - 15)
    timer = setInterval(tick, 1000)
    document.addEventListener('input', () => { if (Date.now() - saidHereAt > 60000) stay() })
    const dialog = byId('session-ending')
    dialog.querySelector('[data-stay]').addEventListener('click', stay)
    dialog.querySelector('[data-leave]').addEventListener('click', leave)
    dialog.addEventListener('cancel', stay)
    putBack()
  }
})()

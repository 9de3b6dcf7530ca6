/**
 * Notes from outside when the page was told what, when it has drawn, and when that could be seen. The page knows nothing of it.
 * All times are those of performance.now(): milliseconds since the page began to load.
 */
(() => {
  const heard = []
  const drawn = new WeakMap()
  const events = {}

  const Socket = window.WebSocket
  window.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given)
      // Before the page's own listener, so that whatever it draws comes after.
      this.addEventListener('message', ({ data }) => {
        const length = new DataView(data).getUint32(0, true)
        const { type } = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)))
        heard.push({ type, at: performance.now() })
      })
    }
  }

  for (const method of ['putImageData', 'fillRect', 'stroke', 'drawImage']) {
    const own = CanvasRenderingContext2D.prototype[method]
    CanvasRenderingContext2D.prototype[method] = function (...given) {
      drawn.set(this.canvas, performance.now())
      return own.apply(this, given)
    }
  }

  // The time of an event is when the browser took it in, before it waited for the page.
  for (const type of ['pointerdown', 'pointermove', 'keydown']) {
    window.addEventListener(type, (event) => (events[type] ??= event.timeStamp), { capture: true })
  }

  /** The canvases of the columns that can be seen. */
  function inSight() {
    const scroller = document.querySelector('.scroller')?.getBoundingClientRect()
    if (scroller === undefined) return []
    return [...document.querySelectorAll('article.column .tiles canvas')].filter((canvas) => {
      const { left, right } = canvas.getBoundingClientRect()
      return right > scroller.left && left < scroller.right
    })
  }

  /** Waits for an event, the answer to it, and all of some canvases drawn after that. */
  function renewed(event, answer, canvases) {
    delete events[event]
    const from = heard.length
    const told = () => heard.slice(from).find(({ type }) => type === answer)?.at
    const failed = () => heard.slice(from).some(({ type }) => type === 'error')
    promise = shownWhen(() => {
      if (failed()) throw new Error('the edit was refused')
      const at = told()
      return at !== undefined && canvases().every((canvas) => (drawn.get(canvas) ?? 0) >= at)
    }, () => `every map after ${answer} (heard: ${heard.slice(from).map(({ type }) => type)})`).then((shown) => ({ begun: events[event], told: told(), shown, maps: canvases().length }))
    promise.catch(() => {})
  }

  /** When the frame was out of the page's hands in which a condition first held. */
  function shownWhen(condition, what, seconds = 30) {
    const end = performance.now() + 1000 * seconds
    return new Promise((resolve, reject) => {
      const look = () => {
        try {
          if (condition()) {
            // What this frame shows is settled; the message comes once it has been laid out and painted.
            const { port1, port2 } = new MessageChannel()
            port1.onmessage = () => resolve(performance.now())
            port2.postMessage(null)
          } else if (performance.now() > end) reject(new Error(`${what()} has not been shown for ${seconds} s`))
          else requestAnimationFrame(look)
        } catch (error) {
          reject(error)
        }
      }
      requestAnimationFrame(look)
    })
  }

  let promise = null
  let noting = null

  /** Notes each frame from now on, and how long the page worked for it, from the pointer's move that came with it to its being painted. */
  function noteFrames() {
    const [times, busy] = [[], []]
    const { port1, port2 } = new MessageChannel()
    let began = null
    const moved = () => (began ??= performance.now())
    port1.onmessage = ({ data }) => busy.push(performance.now() - data)
    const look = (now) => {
      if (noting === null) return window.removeEventListener('pointermove', moved, { capture: true })
      times.push(now)
      port2.postMessage(began ?? performance.now())
      began = null
      requestAnimationFrame(look)
    }
    window.addEventListener('pointermove', moved, { capture: true })
    noting = { times, busy }
    requestAnimationFrame(look)
  }

  window.watch = {
    heard,

    /** Waits for the first maps: the first that is drawn, and all that can be seen. */
    async start() {
      // A tile says the extent of its map from the moment when it is drawn.
      const has = (canvas) => drawn.has(canvas) && [...canvas.parentElement.querySelectorAll('.tile')].every(({ title }) => / to |: /.test(title))
      const first = await shownWhen(() => inSight().some(has), () => 'a map')
      const all = await shownWhen(() => inSight().length > 2 && inSight().every(has), () => 'every map')
      return { first: performance.timeOrigin + first, all: performance.timeOrigin + all }
    },

    /** From now on waits for an event, an answer, and all maps in sight drawn after it. */
    beginEdit: (event, answer) => renewed(event, answer, inSight),

    /** The same at the workbench: its output is what is drawn anew. */
    beginRenewal: (event) => renewed(event, 'bench', () => [...document.querySelectorAll('.widget [aria-label^="output"] canvas')]),

    /** From now on waits for the pointer to move, and the inspector to explain a unit. */
    beginHover(unit) {
      delete events.pointermove
      promise = shownWhen(() => {
        const there = document.querySelector('aside .unit')
        return there?.querySelector('h2')?.textContent === unit && there.querySelector('.value') !== null
      }, () => `the sum of ${unit} (shown: ${document.querySelector('aside h2')?.textContent})`).then((shown) => ({ begun: events.pointermove, shown }))
      promise.catch(() => {})
    },

    /** What was waited for. */
    end: () => promise,

    /** Layers that compute planes of more than one cell, with their numbers of channels, in order. */
    async planes() {
      const scroller = document.querySelector('.scroller')
      const found = new Map()
      for (let left = 0; ; left += 400) {
        scroller.scrollLeft = left
        await new Promise((resolve) => shownWhen(() => true).then(resolve))
        for (const column of document.querySelectorAll('article.column')) {
          const facts = column.querySelector('p')?.title ?? ''
          const sizes = /· (\d+) × (\d+) × (\d+)/.exec(facts)
          if (sizes !== null && Number(sizes[2]) > 1 && !facts.startsWith('Input')) found.set(column.dataset.layer, [column.offsetLeft, Number(sizes[1])])
        }
        if (left > scroller.scrollWidth) break
      }
      scroller.scrollLeft = 0
      return [...found].sort(([, [a]], [, [b]]) => a - b).map(([layer, [, channels]]) => [layer, channels])
    },

    beginFrames: noteFrames,

    /** The milliseconds between the frames since then, and those the page worked in each. */
    endFrames() {
      const { times, busy } = noting
      noting = null
      return { frames: times.slice(1).map((time, i) => time - times[i]), busy }
    },

    /** Waits until nothing was heard for some milliseconds. */
    async quiet(milliseconds) {
      let [count, since] = [heard.length, performance.now()]
      while (performance.now() - since < milliseconds) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        if (heard.length !== count) [count, since] = [heard.length, performance.now()]
      }
    },

    /** Scrolls by so many pixels a second for some seconds; gives the milliseconds between frames, and those the page worked in each. */
    async scroll(speed, seconds) {
      const scroller = document.querySelector('.scroller')
      const [frames, busy] = [[], []]
      const { port1, port2 } = new MessageChannel()
      let began = 0
      port1.onmessage = () => busy.push(performance.now() - began)
      let last = await new Promise(requestAnimationFrame)
      const end = last + 1000 * seconds
      let direction = 1
      while (last < end) {
        const now = await new Promise(requestAnimationFrame)
        began = performance.now()
        frames.push(now - last)
        const before = scroller.scrollLeft
        scroller.scrollLeft += (direction * speed * (now - last)) / 1000
        if (scroller.scrollLeft === before) direction = -direction
        port2.postMessage(null)
        last = now
      }
      return { frames: frames.slice(1), busy }
    },
  }
})()

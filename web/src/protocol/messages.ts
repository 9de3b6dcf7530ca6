// Written by `python -m striate.studio.protocol.typescript`; do not edit. A test fails when it is not what Python says.

export const PROTOCOL = 1;

/** A number as JSON can write it. */
export type Float = number | "NaN" | "Infinity" | "-Infinity";

/** The number that it stands for. */
export const toNumber = (float: Float): number => Number(float);

/** The first request of a tab. */
export interface HelloRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "hello";
  /** PROTOCOL of the client */
  protocol: number;
}

/** An input or output of a network. */
export interface PortInfo {
  name: string;
  /** channels first; null for a free size or rank */
  shape: (number | null)[] | null;
  dtype: string;
  /** what fits it best */
  takes: "picture" | "signal" | "volume" | "numbers";
}

/** A network that is open. */
export interface NetworkEntry {
  /** short and stable: the file's stem, made unique */
  id: string;
  /** the file's name, for people */
  name: string;
  layers: number;
  parameters: number;
  inputs: PortInfo[];
  outputs: PortInfo[];
}

/** An input that is open; it was read for one network, and others may take it. */
export interface InputEntry {
  /** short and stable: the file's stem, made unique */
  id: string;
  /** the file's name, for people */
  name: string;
  kind: "picture" | "signal" | "volume" | "numbers";
  /** ids of the open networks that can take it */
  fits: string[];
}

/** What to show first. */
export interface Start {
  network: string;
  input: string | null;
}

/** What an upload may be. */
export interface Limits {
  /** of one file */
  upload_bytes: number;
  picture_pixels: number;
  /** numbers of a signal or volume */
  values: number;
  /** open at once */
  networks: number;
  /** open at once */
  inputs: number;
  /** numbers of one painted patch */
  painted: number;
}

/** A form that an animation can be saved in. */
export interface FilmForm {
  form: "gif" | "mp4" | "svg";
  /** why it cannot be, here; empty where it can */
  missing: string;
}

/** What is open and what is possible. */
export interface HelloAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "hello";
  protocol: number;
  /** of striate */
  version: string;
  networks: NetworkEntry[];
  inputs: InputEntry[];
  /** what the command line asked for; null for an empty studio */
  start: Start | null;
  limits: Limits;
  /** what animations can be saved as */
  films: FilmForm[];
}

/** What can be opened without a file. */
export interface SamplesRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "samples";
  /** inputs that fit this network; else networks and pictures */
  network?: string | null;
}

/** Something that can be opened without a file. */
export interface Sample {
  id: string;
  name: string;
  kind: "network" | "picture" | "signal" | "volume" | "numbers";
  note: string;
}

/** Samples, the most telling first. */
export interface SamplesAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "samples";
  samples: Sample[];
}

/** Opens a network from an upload or a sample; reports progress and can be cancelled. */
export interface OpenNetworkRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "open_network";
  /** id that POST /upload gave */
  upload?: string | null;
  sample?: string | null;
}

/** The network. */
export interface OpenNetworkAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "open_network";
  network: NetworkEntry;
  /** id of an open input that fits it, if there is one */
  input: string | null;
}

/** Where the numbers for one input of the network come from; exactly one of upload, sample and array. */
export interface InputSource {
  /** the network's input; null where it has only one */
  port?: string | null;
  upload?: string | null;
  sample?: string | null;
  /** name of an array of this frame: uint8 (h, w, 3), or numbers */
  array?: string | null;
}

/** Reads an input for a network. */
export interface OpenInputRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "open_input";
  network: string;
  sources: InputSource[];
  /** how a picture's values are scaled; null: as the network most likely wants */
  preprocess?: "imagenet" | "unit" | "signed" | "none" | null;
  /** for an input without a file, such as a camera's picture */
  name?: string | null;
}

/** The input. */
export interface OpenInputAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "open_input";
  input: InputEntry;
}

/** This tab lets go of a network or an input; it is freed when no other tab holds it. */
export interface CloseRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "close";
  network?: string | null;
  input?: string | null;
}

/** Done. */
export interface CloseAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "close";
}

/** Stops a request that is under way; that one is then answered with "cancelled". */
export interface CancelRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "cancel";
  /** id of the request to stop */
  target: number;
}

/** Said at once; whether there was something to stop. */
export interface CancelAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "cancel";
  found: boolean;
}

/** The layers of a network. */
export interface NetworkRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "network";
  network: string;
  /** an open input, whose sizes make all shapes concrete */
  input?: string | null;
}

/** What a layer reads. */
export interface Operand {
  /** name of the layer or input of the network that makes it */
  source: string;
  /** input: the first operand of the layer's main node */
  role: "input" | "other";
}

/** One layer, or one input of the network (kind "Input"); in topological order. */
export interface LayerInfo {
  name: string;
  /** in the source's words: Conv, Conv2D, Relu ...; Input */
  kind: string;
  /** path of the modules around it, outermost first; may be empty */
  module: string[];
  /** the name without the path */
  label: string;
  /** depth from the inputs: the longest way */
  column: number;
  /** channels first, batch included; concrete with an input */
  shape: (number | null)[] | null;
  channels: number | null;
  /** sizes of a map: (), (l,), (h, w) or (d, h, w) */
  spatial: (number | null)[];
  parameters: number;
  macs: number | null;
  /** one line: Conv 3×3 /2 · 32 × 112 × 112 · 864 + 32 parameters */
  facts: string;
  /** (outputs, inputs of a group, *taps) of a weighted layer, or null */
  kernel: number[] | null;
  operands: Operand[];
  /** why its channels are taken as the places of one signal, not as features; empty: they are not */
  line: string;
  /** whether it can be negative; null where that is not known before a run */
  signed: boolean | null;
  /** whether it is an output of the network */
  output: boolean;
}

/** The layers, inputs of the network first. */
export interface NetworkAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "network";
  name: string;
  layers: LayerInfo[];
  parameters: number;
  macs: number | null;
}

/** What the network was given. */
export interface InputRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  type: "input";
  /** whether the answer brings the numbers of inputs that are no pictures */
  numbers?: boolean;
}

/** One input of the network as it was filled. */
export interface InputPort {
  port: string;
  /** channels first, batch included */
  shape: number[];
  /** what was done to the file, for people */
  note: string;
  /** per channel; value = scale * shown / 255 + offset. Empty: no picture */
  scale: Float[];
  offset: Float[];
  /** name of the array with its picture, or null */
  picture: string | null;
}

/** What the network was given; values themselves are asked for with "maps", by the input's name as layer.
 * array `picture.PORT`: uint8 (h, w, 3), the picture as it is seen, cut as the network sees it
 * array `numbers.PORT`: float32 (channels, *spatial), of an input that is no picture, where they are asked for */
export interface InputAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "input";
  ports: InputPort[];
}

/** What comes out. */
export interface PredictionRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  type: "prediction";
  top?: number;
}

/** One class. */
export interface Rank {
  index: number;
  /** a name where one is known, else "class 281" */
  label: string;
  score: Float;
  probability: Float;
}

/** One output of the network; ranks are empty where it is no row of class scores. */
export interface OutputInfo {
  name: string;
  shape: number[];
  ranks: Rank[];
  classes: number;
  /** the probabilities come from a softmax that the network itself does not have */
  softmax: boolean;
  /** the first numbers of an output that is no classifier */
  numbers: Float[];
}

/** The outputs. */
export interface PredictionAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "prediction";
  outputs: OutputInfo[];
}

/** The kernel of one output channel, over all its input channels, paged. */
export interface FilterRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  /** a layer's name, or that of a node, a value or an input of the network */
  layer: string;
  /** which sample of the batch */
  sample?: number;
  type: "filter";
  channel: number;
  /** first input channel wanted */
  first?: number;
  count?: number;
}

/** The kernel.
 * array `weights`: float32 (count, *taps), one kernel an input channel */
export interface FilterAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "filter";
  first: number;
  /** input channels that this output channel reads */
  total: number;
  /** name of the layer that it reads */
  source: string;
  /** channel of the source that the first of all belongs to (groups) */
  source_channel: number;
  bias: Float | null;
  /** least and greatest weight of the whole layer */
  extent: [Float, Float];
  edited: boolean;
}

/** The most cells that are wanted of each drawn axis; a 1-D map has only a width. */
export interface Size {
  height: number;
  width: number;
}

/** One plane of a volume. */
export interface Slice {
  /** which spatial axis is fixed: 0 depth, 1 height, 2 width */
  axis: number;
  /** where */
  index: number;
}

/** Which maps of a layer, and how large; also named by an edit, whose answer then brings them renewed. */
export interface MapsView {
  layer: string;
  sample?: number;
  /** first channel */
  first?: number;
  count?: number;
  size: Size;
  /** of a volume; null: the middle plane across the depth */
  slice?: Slice | null;
  /** instead of the values, what differs from the run without edits */
  difference?: boolean;
  /** take a layer without maps as one line over its channels; first and count are 0, 1 */
  line?: boolean;
}

/** Some maps of a layer. An input of the network is a layer too. */
export interface MapsRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  type: "maps";
  view: MapsView;
}

/** Facts about maps that were sent. */
export interface MapsInfo {
  layer: string;
  sample: number;
  first: number;
  count: number;
  /** of the whole layer */
  channels: number;
  /** a map's true sizes before slicing: (), (l,), (h, w) or (d, h, w) */
  shape: number[];
  slice: Slice | null;
  /** true cells per drawn cell and axis; all 1: nothing was left out */
  cell: number[];
  /** what stands for the cells that share a drawn one */
  reduced: "" | "largest magnitude";
  /** least and greatest finite number of the whole layer (this sample) */
  extent: [Float, Float];
}

/** The maps.
 * array `maps`: float32 (count, *drawn); drawn is (), (l,) or (h, w)
 * array `extents`: float64 (count, 2), least and greatest finite number of each whole map
 * array `low`: float32 (count, l), only of 1-D maps that are reduced: least number in each drawn cell
 * array `high`: float32 (count, l), likewise the greatest */
export interface MapsAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "maps";
  info: MapsInfo;
}

/** One map at its true sizes, or a window of it. */
export interface MapRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  /** a layer's name, or that of a node, a value or an input of the network */
  layer: string;
  /** which sample of the batch */
  sample?: number;
  type: "map";
  channel: number;
  /** half-open (start, stop) for each spatial axis; null for all */
  window?: [number, number][] | null;
  /** about what differs from the run without edits */
  difference?: boolean;
  /** the channels of a layer without maps as one line; channel is not read */
  line?: boolean;
}

/** The map.
 * array `map`: the layer's own type, (*window) */
export interface MapAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "map";
  layer: string;
  channel: number;
  shape: number[];
  window: [number, number][];
}

/** Statistics of every layer, and of the whole network. */
export interface StatisticsRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  type: "statistics";
  /** which layers; null for all, inputs included */
  layers?: string[] | null;
}

/** Columns: least, greatest, mean, standard deviation, share of exact zeros, count of NaN and infinities.
 * array `layers`: float64 (layers, 6), columns as said above
 * array `magnitudes`: float64 (layers,), mean magnitude of what is put together with others; else NaN */
export interface StatisticsAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "statistics";
  layers: string[];
  /** least and greatest finite number of all layers but the inputs */
  network: [Float, Float];
}

/** Statistics of every channel of a layer. */
export interface ChannelStatisticsRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  /** a layer's name, or that of a node, a value or an input of the network */
  layer: string;
  /** which sample of the batch */
  sample?: number;
  type: "channel_statistics";
  /** about what differs from the run without edits */
  difference?: boolean;
}

/** Columns: least, greatest, mean, standard deviation, share of exact zeros, count of NaN and infinities.
 * array `channels`: float64 (channels, 6), columns as said above */
export interface ChannelStatisticsAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "channel_statistics";
  layer: string;
}

/** How the numbers of a layer or of one map are spread. */
export interface HistogramRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  /** a layer's name, or that of a node, a value or an input of the network */
  layer: string;
  /** which sample of the batch */
  sample?: number;
  type: "histogram";
  /** one map; null for the whole layer */
  channel?: number | null;
  bins?: number;
  /** null: from the least to the greatest */
  range?: [Float, Float] | null;
  /** about what differs from the run without edits */
  difference?: boolean;
}

/** The histogram.
 * array `edges`: float64 (bins + 1,)
 * array `counts`: float64 (bins,), whole numbers */
export interface HistogramAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "histogram";
  /** numbers in all */
  total: number;
  /** numbers beyond the range */
  outside: number;
  /** NaN and infinities */
  nonfinite: number;
}

/** Which channels a map is made of. */
export interface ContributorsRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  /** a layer's name, or that of a node, a value or an input of the network */
  layer: string;
  /** which sample of the batch */
  sample?: number;
  type: "contributors";
  channel: number;
  count?: number;
}

/** One channel that a map is made of. */
export interface Contributor {
  /** name of the layer or input that it belongs to */
  source: string;
  channel: number;
  /** mean over the map of the magnitude of its partial sum */
  amount: Float;
  /** mean over the map of its partial sum */
  signed: Float;
  /** amount as a part of that of all contributors */
  share: Float;
}

/** The strongest first; empty where the layer does not add anything up (note says so). */
export interface ContributorsAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "contributors";
  contributors: Contributor[];
  /** contributors in all */
  total: number;
  /** share of those not listed */
  rest: Float;
  /** mean of what is added that belongs to no channel */
  bias: Float;
  /** what was followed, or why there are none */
  note: string;
}

/** The whole computation behind one number. */
export interface ExplainRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  /** a layer's name, or that of a node, a value or an input of the network */
  layer: string;
  /** which sample of the batch */
  sample?: number;
  channel: number;
  at?: number[];
  type: "explain";
  /** channels (or cells, of other operands) that come in full */
  strongest?: number;
}

/** One number of a run. */
export interface UnitPlace {
  /** name to address it by; a layer's, or a value's where no layer gives it */
  layer: string;
  channel: number;
  /** position in the map, one index per spatial axis */
  at: number[];
  sample: number;
  /** the same as text: layer:channel@position */
  address: string;
}

/** What a symbol of the law stands for. */
export interface Figure {
  symbol: string;
  value: Float;
}

/** What the layer does to the total afterwards. */
export interface StageInfo {
  name: string;
  kind: string;
  value: Float;
}

/** The window of a weighted sum or a pooling; arrays hold the strongest channels in full, all sums of channels. */
export interface Windowed {
  /** name to address the window's cells by */
  source: string;
  /** input channels in the sum; 1 for pooling */
  channels: number;
  /** sizes of one channel's window; () for a dense layer */
  taps: number[];
  /** cells that are padding, or taps that meet none, over all channels */
  padded: number;
}

/** The cells of one operand that go into the number; arrays operand.N.* hold the strongest of them. */
export interface OperandCells {
  /** input, weight, scale, mean ... */
  role: string;
  /** name to address the cells by */
  source: string;
  constant: boolean;
  /** cells in all */
  count: number;
  /** by what the cells are ranked: what each gives, or, where one is chosen, the numbers themselves */
  order: "magnitude" | "greatest" | "least";
  /** cells in the arrays, the first in that order */
  shown: number;
  /** what the others give to the total */
  rest: Float;
  traced: boolean;
}

/** One number, explained: products + bias = total, which agrees with held; the stages make value of it.
 * array `sums`: float64 (channels,), partial sum of each input channel of the window, in channel order
 * array `order`: int32 (channels,), the channels by falling magnitude of their partial sums
 * array `window`: float64 (shown, *taps), the cells of the strongest channels, in that order
 * array `kernel`: float64 (shown, *taps); absent for pooling
 * array `products`: float64 (shown, *taps); absent for pooling
 * array `inside`: uint8 (shown, *taps), 0 where a cell is padding or a tap meets none
 * array `cells`: int32 (shown, *taps, 1 + spatial rank), channel and position of each cell in the source
 * array `curve`: float64 (2, samples), of a function of one number (unit.curve()): x and what it makes of it
 * array `operand.N.numbers`: float64 (shown,), of operand N, in its order
 * array `operand.N.coefficients`: float64 (shown,), by what each is multiplied; absent where not traced
 * array `operand.N.cells`: int32 (shown, 1 + spatial rank), channel and position; -1 for padding */
export interface ExplainAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "explain";
  unit: UnitPlace;
  /** which picture fits; by the op's class, never by its name */
  view: "convolution" | "dense" | "pooling" | "normalization" | "elementwise" | "activation" | "softmax" | "reduction" | "resize" | "movement" | "given" | "other";
  kind: string;
  /** of the node that is explained */
  name: string;
  facts: string[];
  /** what an operation of this kind does, in words */
  words: string;
  /** the computation in symbols, where it has few: (x - mean)/sqrt(variance + epsilon) */
  law: string;
  /** what each symbol of the law stands for here */
  figures: Figure[];
  total: Float;
  held: Float;
  value: Float;
  stages: StageInfo[];
  bias: Float;
  /** the part of the total that no operand accounts for */
  rest: Float;
  /** how the total is shared out where that is a convention; empty where it is exact */
  rule: string;
  /** what the window's sum is divided by */
  divisor: Float | null;
  /** index in the window of the cell that is passed on */
  winner: number[] | null;
  window: Windowed | null;
  operands: OperandCells[];
  /** six digits, cut off at some length; the whole is asked for with formula */
  formula: string;
  /** largest magnitude in the explained value */
  scale: Float;
  /** how far total and held are apart, relative to scale */
  agreement: Float;
  agrees: boolean;
}

/** The number written out. */
export interface FormulaRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  /** a layer's name, or that of a node, a value or an input of the network */
  layer: string;
  /** which sample of the batch */
  sample?: number;
  channel: number;
  at?: number[];
  type: "formula";
  /** significant digits; null for all */
  digits?: number | null;
}

/** One line, to be copied. */
export interface FormulaAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "formula";
  text: string;
}

/** What the number sees of the network's inputs. */
export interface FieldRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  /** a layer's name, or that of a node, a value or an input of the network */
  layer: string;
  /** which sample of the batch */
  sample?: number;
  channel: number;
  at?: number[];
  type: "field";
  follow?: "structure" | "data";
}

/** Its field in one input; boxes are half-open (start, stop) for each spatial axis. */
export interface FieldBox {
  port: string;
  /** null where it sees nothing of this input */
  clipped: [number, number][] | null;
  unclipped: [number, number][] | null;
  stride: Float[];
  centre: Float[];
}

/** The field. */
export interface FieldAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "field";
  boxes: FieldBox[];
  exact: boolean;
  reason: string;
}

/** The chain of explanations down to the input. */
export interface TraceRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  /** a layer's name, or that of a node, a value or an input of the network */
  layer: string;
  /** which sample of the batch */
  sample?: number;
  channel: number;
  at?: number[];
  type: "trace";
  width?: number;
  depth?: number | null;
  most?: number;
}

/** A cell that is followed. */
export interface TraceCell {
  unit: UnitPlace;
  number: Float;
  gain: Float;
  amount: Float;
}

/** One value on the way down. */
export interface TraceLevel {
  source: string;
  kind: string;
  name: string;
  cells: TraceCell[];
  count: number;
  amount: Float;
  followed: Float;
  bias: Float;
  rule: string;
  ended: string;
}

/** The trace; value = reached + biases + left_out + stopped + rounding. */
export interface TraceAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "trace";
  value: Float;
  levels: TraceLevel[];
  reached: Float;
  biases: Float;
  left_out: Float;
  stopped: Float;
  rounding: Float;
  note: string;
}

/** Puts numbers over a part of the input.
 * array `patch`: uint8 (h, w, 3) in the picture's own colours; or float32 in the network's numbers, (c, *window) or, for one channel or all alike, (*window)
 * array `mask`: uint8 (*window), optional: how much of the patch counts, 0 to 255 */
export interface PaintRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  network: string;
  input: string;
  /** maps that are on the screen */
  views?: MapsView[];
  top?: number;
  /** edits of one drag share a number that no other has: each begins where the first one began and takes the place of the one before, so that those in between may be left out; 0: an edit of its own */
  stroke?: number;
  /** whether the answer brings the inputs as they are now */
  show_input?: boolean;
  type: "paint";
  port?: string | null;
  /** where the patch's first cell goes; parts beyond the edge are cut off */
  at: number[];
  /** the one channel that is painted; null: all */
  channel?: number | null;
  /** erases: what was opened comes back where the mask is; without a patch */
  original?: boolean;
}

/** Something that differs from the original, and can be returned to it by itself. */
export interface EditItem {
  kind: "input" | "kernel" | "channel";
  /** the input; or the layer */
  name: string;
  /** of the kernel, or that which is off */
  channel: number | null;
  /** what was done */
  words: string;
}

/** Where the tab's edits are. */
export interface EditState {
  /** what differs from the original; empty: nothing */
  items: EditItem[];
  /** steps that can be taken back */
  back: number;
  /** steps that were taken back and can be taken again */
  again: number;
}

/** As every edit.
 * array `views.N.maps`: as maps of MapsAnswer, of the N-th view asked for; likewise views.N.extents, .low and .high
 * array `picture.PORT`: as of InputAnswer, where show_input asks for it; likewise numbers.PORT */
export interface PaintAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  outputs: OutputInfo[];
  views: MapsInfo[];
  /** empty unless show_input asks for it */
  ports: InputPort[];
  state: EditState;
  type: "paint";
}

/** Moves the whole input. */
export interface ShiftRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  network: string;
  input: string;
  /** maps that are on the screen */
  views?: MapsView[];
  top?: number;
  /** edits of one drag share a number that no other has: each begins where the first one began and takes the place of the one before, so that those in between may be left out; 0: an edit of its own */
  stroke?: number;
  /** whether the answer brings the inputs as they are now */
  show_input?: boolean;
  type: "shift";
  port?: string | null;
  /** cells along each spatial axis */
  by: number[];
  /** what comes in; zero: the network's number 0 */
  fill?: "edge" | "zero" | "wrap";
}

/** As every edit.
 * array `views.N.maps`: as maps of MapsAnswer, of the N-th view asked for; likewise views.N.extents, .low and .high
 * array `picture.PORT`: as of InputAnswer, where show_input asks for it; likewise numbers.PORT */
export interface ShiftAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  outputs: OutputInfo[];
  views: MapsInfo[];
  /** empty unless show_input asks for it */
  ports: InputPort[];
  state: EditState;
  type: "shift";
}

/** Mirrors the input. */
export interface FlipRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  network: string;
  input: string;
  /** maps that are on the screen */
  views?: MapsView[];
  top?: number;
  /** edits of one drag share a number that no other has: each begins where the first one began and takes the place of the one before, so that those in between may be left out; 0: an edit of its own */
  stroke?: number;
  /** whether the answer brings the inputs as they are now */
  show_input?: boolean;
  type: "flip";
  port?: string | null;
  /** spatial axis, from 0; the last one is left and right */
  axis: number;
}

/** As every edit.
 * array `views.N.maps`: as maps of MapsAnswer, of the N-th view asked for; likewise views.N.extents, .low and .high
 * array `picture.PORT`: as of InputAnswer, where show_input asks for it; likewise numbers.PORT */
export interface FlipAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  outputs: OutputInfo[];
  views: MapsInfo[];
  /** empty unless show_input asks for it */
  ports: InputPort[];
  state: EditState;
  type: "flip";
}

/** Another input in the place of this one, made to fit its sizes.
 * array `ANY`: an array that a source names: a camera's picture */
export interface ReplaceRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  network: string;
  input: string;
  /** maps that are on the screen */
  views?: MapsView[];
  top?: number;
  /** edits of one drag share a number that no other has: each begins where the first one began and takes the place of the one before, so that those in between may be left out; 0: an edit of its own */
  stroke?: number;
  /** whether the answer brings the inputs as they are now */
  show_input?: boolean;
  type: "replace";
  sources: InputSource[];
  /** of an input without a file */
  name?: string | null;
}

/** As every edit.
 * array `views.N.maps`: as maps of MapsAnswer, of the N-th view asked for; likewise views.N.extents, .low and .high
 * array `picture.PORT`: as of InputAnswer, where show_input asks for it; likewise numbers.PORT */
export interface ReplaceAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  outputs: OutputInfo[];
  views: MapsInfo[];
  /** empty unless show_input asks for it */
  ports: InputPort[];
  state: EditState;
  type: "replace";
}

/** Changes cells of a trained kernel.
 * array `kernel`: float32 (inputs, *taps), optional: the whole filter, instead of value */
export interface EditKernelRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  network: string;
  input: string;
  /** maps that are on the screen */
  views?: MapsView[];
  top?: number;
  /** edits of one drag share a number that no other has: each begins where the first one began and takes the place of the one before, so that those in between may be left out; 0: an edit of its own */
  stroke?: number;
  /** whether the answer brings the inputs as they are now */
  show_input?: boolean;
  type: "edit_kernel";
  layer: string;
  channel: number;
  /** input channel of the filter, then the tap */
  at?: number[];
  value?: Float | null;
  /** changes the bias of the channel */
  bias?: Float | null;
}

/** As every edit.
 * array `views.N.maps`: as maps of MapsAnswer, of the N-th view asked for; likewise views.N.extents, .low and .high
 * array `picture.PORT`: as of InputAnswer, where show_input asks for it; likewise numbers.PORT */
export interface EditKernelAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  outputs: OutputInfo[];
  views: MapsInfo[];
  /** empty unless show_input asks for it */
  ports: InputPort[];
  state: EditState;
  type: "edit_kernel";
}

/** Switches a channel of a layer off (its maps are 0 for whatever reads them) or on again. */
export interface SwitchChannelRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  network: string;
  input: string;
  /** maps that are on the screen */
  views?: MapsView[];
  top?: number;
  /** edits of one drag share a number that no other has: each begins where the first one began and takes the place of the one before, so that those in between may be left out; 0: an edit of its own */
  stroke?: number;
  /** whether the answer brings the inputs as they are now */
  show_input?: boolean;
  type: "switch_channel";
  layer: string;
  channel: number;
  on: boolean;
}

/** As every edit.
 * array `views.N.maps`: as maps of MapsAnswer, of the N-th view asked for; likewise views.N.extents, .low and .high
 * array `picture.PORT`: as of InputAnswer, where show_input asks for it; likewise numbers.PORT */
export interface SwitchChannelAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  outputs: OutputInfo[];
  views: MapsInfo[];
  /** empty unless show_input asks for it */
  ports: InputPort[];
  state: EditState;
  type: "switch_channel";
}

/** Takes edits back. */
export interface ResetRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  network: string;
  input: string;
  /** maps that are on the screen */
  views?: MapsView[];
  top?: number;
  /** edits of one drag share a number that no other has: each begins where the first one began and takes the place of the one before, so that those in between may be left out; 0: an edit of its own */
  stroke?: number;
  /** whether the answer brings the inputs as they are now */
  show_input?: boolean;
  type: "reset";
  /** input, kernel and channel: the one edit that name and channel say */
  what?: "all" | "input" | "kernel" | "channel" | "back" | "again";
  name?: string;
  channel?: number | null;
}

/** As every edit.
 * array `views.N.maps`: as maps of MapsAnswer, of the N-th view asked for; likewise views.N.extents, .low and .high
 * array `picture.PORT`: as of InputAnswer, where show_input asks for it; likewise numbers.PORT */
export interface ResetAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  outputs: OutputInfo[];
  views: MapsInfo[];
  /** empty unless show_input asks for it */
  ports: InputPort[];
  state: EditState;
  type: "reset";
}

/** What this tab has edited, as when a page was loaded again. */
export interface EditsRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "edits";
  network: string;
  input: string;
}

/** The edits. */
export interface EditsAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "edits";
  state: EditState;
}

/** What there is to work with. */
export interface BenchSourcesRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "bench_sources";
}

/** Something to slide over. */
export interface BenchSource {
  id: string;
  name: string;
  rank: number;
  /** (c, *spatial) */
  shape: number[];
  /** where its numbers come from */
  note: string;
  /** whether its channels are brightness, 0 to 1 */
  picture: boolean;
  /** their names; empty where they have none */
  channels: string[];
}

/** A setting or sensor of an engine. */
export interface CmapssChoice {
  id: string;
  text: string;
}

/** What there is to choose from of C-MAPSS: the source "cmapss/ENGINE", or "cmapss/ENGINE/CHANNEL,CHANNEL". */
export interface CmapssChoices {
  source: string;
  engines: number[];
  /** of each engine */
  cycles: number[];
  channels: CmapssChoice[];
  /** ids of the channels that come where none is named */
  usual: string[];
}

/** A kernel of the bank. */
export interface BankKernel {
  name: string;
  label: string;
  note: string;
  ranks: number[];
  group: string;
}

/** A layer and its input; sizes are one for all axes, or one for each.
 * Own weights travel as the array "weight", an own input as the array "input". */
export interface BenchState {
  /** spatial axes */
  rank: number;
  operation?: "convolution" | "transposed" | "max_pool" | "average_pool";
  /** id of a source; "own" where the array "input" is it */
  source?: string;
  /** the source's first channels; null for all */
  channels?: number | null;
  /** for each filter its name in the bank, "@0" behind it for another axis; empty for own weights */
  names?: string[];
  /** the window; empty for that of the kernels */
  taps?: number[];
  /** of every filter */
  bias?: Float;
  /** whether filters have a bias though it is 0, as before any learning */
  biased?: boolean;
  /** empty for 1, of a pooling for its window */
  stride?: number[];
  padding?: [number, number][] | "same" | "valid";
  dilation?: number[];
  groups?: number;
  definition?: "correlate" | "convolve";
  relu?: boolean;
  output_padding?: number[];
  ceil_mode?: boolean;
  count_padding?: boolean;
  /** where the array "weight" is left out: numbers that the server has kept */
  weight_id?: string;
  /** the same of the array "input" */
  input_id?: string;
  /** whether all maps are laid out in a line at the end */
  flatten?: boolean;
  /** how all maps become one, where that is asked */
  combine?: "magnitude" | "sum" | "largest";
}

/** A worked example: a state with its own input and weights. */
export interface BenchExample {
  id: string;
  name: string;
  note: string;
  state: BenchState;
  /** shape; the numbers are the array input.ID */
  input: number[];
  /** shape; the numbers are the array weight.ID */
  weight: number[] | null;
}

/** Inputs, kernels, worked examples.
 * array `input.ID`: float64, of an example
 * array `weight.ID`: float64, of an example */
export interface BenchSourcesAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "bench_sources";
  sources: BenchSource[];
  /** null where the server has no folder of it */
  cmapss: CmapssChoices | null;
  kernels: BankKernel[];
  examples: BenchExample[];
}

/** Opens an uploaded file as a source. */
export interface BenchOpenRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "bench_open";
  upload: string;
}

/** The new source. */
export interface BenchOpenAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "bench_open";
  source: BenchSource;
}

/** What a layer makes of an input.
 * array `weight`: (k, c, *taps), own weights; fitted to the state's filters, channels and taps
 * array `bias`: (k,), in place of the state's one bias
 * array `input`: (c, *spatial), an own input */
export interface BenchRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "bench";
  state: BenchState;
  /** which map comes whole; -1 for all combined */
  filter?: number;
  /** which channel of the input is shown, of more than three */
  channel?: number;
  /** which input the page has already */
  have?: string;
  /** room for the map, and for the input, in cells along their last two axes; null: any */
  size?: Size | null;
  /** whether a place for the window to begin at is wanted */
  seek?: boolean;
}

/** A formula with its numbers filled in, and what it comes to. */
export interface Filled {
  text: string;
  value: number;
}

/** How maps become a line: the first entries, each as channel@position. */
export interface FlattenOrders {
  /** map by map; ONNX has the same */
  pytorch: string[];
  /** place by place, at each all channels */
  keras: string[];
}

/** How the window slides: tap u at position o lies on cell ``stride*o - before + dilation*u`` of the field. */
export interface Geometry {
  kernel: number[];
  stride: number[];
  dilation: number[];
  /** cells around the input, in the field */
  pads: [number, number][];
  /** cells of the field from one cell of the input to the next */
  spread: number[];
  /** of the input */
  lengths: number[];
  /** of the output */
  counts: number[];
  /** whether the last weight meets the first cell */
  flipped: boolean;
}

/** What a kernel means. */
export interface KernelWords {
  kind: string;
  text: string;
  facts: string;
}

/** What sizes may be, least and greatest, while all others stay. */
export interface BenchRanges {
  kernel: [number, number];
  stride: [number, number];
  padding: [number, number];
  dilation: [number, number];
  groups: number[];
  /** of the source; steps of as many as there are groups */
  channels: [number, number];
  filters: [number, number];
}

/** Everything about the state.
 * array `input`: float32 (c, *spatial), or its one channel that is shown; drawn like the output, where input_cell is more than 1; absent where the page has it
 * array `weight`: float64 (k, c/groups, *taps), as it was given and before it is turned; absent for pooling
 * array `bias`: float64 (k,); absent without
 * array `output`: float32, the map that was asked for: (*positions), where cell is more than 1 (*drawn)
 * array `extents`: float64 (k, 2), least and greatest of each map
 * array `tiles`: float32 (k, *small), 64 maps by largest magnitude; volumes by their middle slice
 * array `flat`: float32 (n,), the first 256 numbers of all maps in a line; where the state asks for it */
export interface BenchAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "bench";
  /** with everything that was left out filled in */
  state: BenchState;
  /** what the input is; null for numbers of its own */
  source: BenchSource | null;
  /** of the input, to be given as have */
  key: string;
  input_shape: number[];
  /** channel that the array input begins with */
  input_first: number;
  /** as cell, of the array input */
  input_cell: number;
  /** what stands for the numbers that share a drawn cell of the input */
  input_reduced: "" | "mean" | "largest magnitude";
  /** of all of it */
  input_extent: [Float, Float];
  output_shape: number[];
  /** of the map that was asked for, all of it */
  output_extent: [Float, Float];
  /** numbers along each of the last two axes for which a drawn cell stands, by the one of the largest magnitude; 1: nothing was left out */
  cell: number;
  /** where a window begins: at the first number of a few, else at the largest magnitude of the map, borders left out; null where that was not asked */
  start: number[] | null;
  /** the output's size along each axis, filled in */
  sizes: string[];
  parameters: Filled;
  macs: Filled;
  /** map that the array tiles begins with: a page of 64 with that asked for */
  tiles_first: number;
  /** how many numbers all maps in a line are */
  flattened: Filled;
  /** of that line; null where there is only one, or no line */
  orders: FlattenOrders | null;
  geometry: Geometry;
  /** for each axis and tap: first and last cell of the input that it ever meets, and the step */
  meets: ([number, number, number] | null)[][];
  /** for each filter and channel, the first 64 */
  words: KernelWords[];
  ranges: BenchRanges;
  /** whether everything was computed in float64; else in float32 by the engine */
  exact: boolean;
}

/** The lines of Python that do the same.
 * array `weight`: (k, c, *taps), own weights; fitted to the state's filters, channels and taps
 * array `bias`: (k,), in place of the state's one bias
 * array `input`: (c, *spatial), an own input */
export interface BenchCodeRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "bench_code";
  state: BenchState;
  /** whether all maps are one at the end */
  combined?: boolean;
  /** calls, layers as in Keras, or PyTorch */
  form?: "striate" | "layers" | "torch";
}

/** A file that a program reads beside what comes with striate. */
export interface ProgramFile {
  /** as the program names it */
  name: string;
  /** such as: the input */
  what: string;
  /** null: it can not be fetched here, as it is the file that the reader opened */
  bytes: number | null;
}

/** A program that runs as it stands. */
export interface BenchCodeAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "bench_code";
  text: string;
  /** that it reads */
  files: ProgramFile[];
}

/** A file that the program of a state reads.
 * array `weight`: (k, c, *taps), own weights; fitted to the state's filters, channels and taps
 * array `bias`: (k,), in place of the state's one bias
 * array `input`: (c, *spatial), an own input */
export interface BenchFileRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "bench_file";
  state: BenchState;
  /** of one of the program's files */
  name: string;
}

/** A file that waits to be fetched from /download/ID, once. */
export interface Download {
  download: string;
  name: string;
  bytes: number;
}

/** The file. */
export interface BenchFileAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "bench_file";
  file: Download;
}

/** What pasted layers mean. */
export interface BenchDeclareRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "bench_declare";
  text: string;
  /** of one sample, such as 17x30; empty for a usual one */
  shape?: string;
  /** which of several is told argument by argument; the last if there are fewer */
  layer?: number;
}

/** One layer of several; "?" where nothing can be said. */
export interface DeclaredRow {
  /** as it was written */
  text: string;
  output_shape: number[] | null;
  parameters: string;
  macs: string;
  /** cells of the input that a place sees: 5×5; or all */
  field: string;
}

/** Layers one after the other. */
export interface DeclaredStackInfo {
  input_shape: number[] | null;
  rows: DeclaredRow[];
  /** of all */
  parameters: string;
  /** of all, for one sample */
  macs: string;
}

/** One argument of a layer. */
export interface DeclaredArgument {
  name: string;
  value: string;
  /** whether it was in the line */
  given: boolean;
  meaning: string;
}

/** The dense layer that a convolution replaces. */
export interface DenseTwinInfo {
  parameters: string;
  ratio: Float | null;
}

/** The layers, and one of them argument by argument with the state that plays it. */
export interface BenchDeclareAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "bench_declare";
  stack: DeclaredStackInfo;
  /** whether the shape of the input is a usual one, as none was given or written */
  assumed: boolean;
  /** which of the stack's; what follows is about it */
  layer: number;
  framework: string;
  kind: string;
  arguments: DeclaredArgument[];
  input_shape: number[] | null;
  output_shape: number[] | null;
  /** which axis of these shapes the channels are */
  order: string;
  sizes: string[];
  /** filled in; empty where nothing can be said */
  parameters: string;
  /** whether there are any, or may be */
  learns: boolean;
  /** products, filled in; empty where there are none, or nothing can be said */
  macs: string;
  /** of a flatten whose maps have two; else null */
  orders: FlattenOrders | null;
  dense: DenseTwinInfo | null;
  /** that plays exactly this layer; null where it has no window */
  state: BenchState | null;
  /** the input that it is played on, in words; empty where it cannot be played */
  source: string;
  /** what the layer does and the played one does not, in words; empty for nothing */
  left_out: string;
  /** why it cannot be played; empty where it can */
  why_not: string;
  /** the program that tells the same; it runs as it stands */
  text: string;
}

/** The running window as a file.
 * array `weight`: (k, c, *taps), own weights; fitted to the state's filters, channels and taps
 * array `bias`: (k,), in place of the state's one bias
 * array `input`: (c, *spatial), an own input */
export interface BenchFilmRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** around which position, of a large map */
  at?: number[];
  form?: "gif" | "mp4" | "svg";
  dark?: boolean;
  fps?: Float;
  type: "bench_film";
  state: BenchState;
  filter?: number;
}

/** A film that waits to be fetched. */
export interface Film {
  download: string;
  name: string;
  bytes: number;
  note: string;
}

/** The file. */
export interface BenchFilmAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "bench_film";
  film: Film;
}

/** The running window of a network's layer as a file. */
export interface FilmRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  /** id of an open network */
  network: string;
  /** id of an open input */
  input: string;
  /** ask about the run without this tab's edits */
  original?: boolean;
  /** ask about the network without this tab's edits, on the input with them: what lessons are about */
  as_opened?: boolean;
  /** a layer's name, or that of a node, a value or an input of the network */
  layer: string;
  /** which sample of the batch */
  sample?: number;
  /** around which position, of a large map */
  at?: number[];
  form?: "gif" | "mp4" | "svg";
  dark?: boolean;
  fps?: Float;
  type: "film";
  channel: number;
}

/** The file. */
export interface FilmAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "film";
  film: Film;
}

/** One number of the output, explained.
 * array `weight`: (k, c, *taps), own weights; fitted to the state's filters, channels and taps
 * array `bias`: (k,), in place of the state's one bias
 * array `input`: (c, *spatial), an own input */
export interface BenchUnitRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "bench_unit";
  state: BenchState;
  filter?: number;
  at: number[];
  /** channels that come in full */
  strongest?: number;
}

/** The same form as in a network: products + bias = total, and what a ReLU makes of it.
 * array `sums`: float64 (channels,), partial sum of each input channel of the window, in channel order
 * array `order`: int32 (channels,), the channels by falling magnitude of their partial sums
 * array `window`: float64 (shown, *taps), the cells of the strongest channels, in that order
 * array `kernel`: float64 (shown, *taps); absent for pooling
 * array `products`: float64 (shown, *taps); absent for pooling
 * array `inside`: uint8 (shown, *taps), 0 where a cell is padding or a tap meets none
 * array `cells`: int32 (shown, *taps, 1 + spatial rank), channel and position of each cell in the source
 * array `curve`: float64 (2, samples), of a function of one number (unit.curve()): x and what it makes of it
 * array `operand.N.numbers`: float64 (shown,), of operand N, in its order
 * array `operand.N.coefficients`: float64 (shown,), by what each is multiplied; absent where not traced
 * array `operand.N.cells`: int32 (shown, 1 + spatial rank), channel and position; -1 for padding */
export interface BenchUnitAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "bench_unit";
  unit: ExplainAnswer;
}

/** What the edits changed, layer by layer. */
export interface DifferenceRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "difference";
  network: string;
  input: string;
}

/** Edited minus original.
 * array `layers`: float64 (layers, 3): largest magnitude, root of the mean square, that divided by the original's */
export interface DifferenceAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** of the tab's edits that it holds for; 0 without any. Rises with each edit */
  version: number;
  type: "difference";
  layers: string[];
}

/** The questions at the end of a lesson. */
export interface LessonQuestionsRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "lesson_questions";
  lesson: string;
}

/** One question. */
export interface LessonQuestion {
  name: string;
  ask: string;
  /** answers to choose from; empty where a number or list is asked for */
  choices: string[];
}

/** The questions, without their answers. */
export interface LessonQuestionsAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "lesson_questions";
  questions: LessonQuestion[];
}

/** A file that a program about these reads. */
export interface LessonFileRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  network: string;
  input: string;
  type: "lesson_file";
  /** of one of the answer's files */
  name: string;
}

/** The file. */
export interface LessonFileAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "lesson_file";
  file: Download;
}

/** Whether an answer is right. */
export interface AnswerCheckRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "check_answer";
  lesson: string;
  question: string;
  given: string;
}

/** Whether it was, and why. */
export interface AnswerCheckAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "check_answer";
  right: boolean;
  answer: string;
  why: string;
  /** what is wrong with what was given; empty where it is right */
  remark: string;
}

/** A dense layer on an input, beside a convolution on the same. */
export interface ExplosionRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "explosion";
  /** the last axis is the channels */
  input_shape: number[];
  units: number;
  kernel?: number[];
  filters?: number;
}

/** How many parameters both have. */
export interface ExplosionAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** the few lines of Python; they run as they stand */
  code: string;
  /** that they read */
  files: ProgramFile[];
  type: "explosion";
  weights: Filled;
  parameters: Filled;
  convolution: Filled;
  ratio: Float;
  /** of the dense layer's parameters as float32 */
  bytes: number;
  /** parameters of a whole ResNet-50 */
  resnet: number;
}

/** The dense layer that does what a convolution of one channel does. */
export interface DenseTwinRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "dense_twin";
  size: number[];
  kernel: number[];
  stride?: number;
  padding?: number;
}

/** Sizes, and which entries of the matrix are one weight.
 * array `shared`: int32 (outputs, inputs), the place of the entry's weight in the kernel, -1 where nothing is joined */
export interface DenseTwinAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** the few lines of Python; they run as they stand */
  code: string;
  /** that they read */
  files: ProgramFile[];
  type: "dense_twin";
  input_shape: number[];
  output_shape: number[];
  weights: Filled;
  connections: number;
  /** weights of the kernel */
  own: number;
  ratio: Float;
  /** the same in words */
  told: string;
}

/** A convolution, with pooling behind it or without, on a picture and on the shifted picture. */
export interface ShiftMeasureRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "shift_measure";
  /** name of a kernel of the bank */
  kernel: string;
  /** cells down and to the right */
  shift: [number, number];
  stride?: number;
  padding?: number;
  /** cells of a max pooling along each axis; 0: none */
  pool?: number;
  /** whose input's picture is taken; the bundled one if left out */
  network?: string | null;
  input?: string | null;
}

/** Equivariance and invariance, measured.
 * array `x`: float32 (h, w), the picture in grey
 * array `moved`: float32 (h, w), shifted
 * array `plain`: float32 (rows, columns), conv(x)
 * array `of_shifted`: float32 (rows, columns), conv(shift(x))
 * array `shifted`: float32 (rows, columns), shift(conv(x))
 * array `difference`: float32 (rows, columns), of_shifted - shifted
 * array `interior`: uint8 (rows, columns), 1 where no border is seen */
export interface ShiftMeasureAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** the few lines of Python; they run as they stand */
  code: string;
  /** that they read */
  files: ProgramFile[];
  type: "shift_measure";
  output_shift: number[];
  /** places of the output that the shift comes to, whether there are such or not */
  moves: Float[];
  remainder: number[];
  aligned: boolean;
  interior: number;
  interior_differs: number;
  interior_error: Float;
  border: number;
  border_differs: number;
  border_error: Float;
  input_change: Float;
  change: Float;
  same: Float;
  /** the measurement in words */
  equivariance: string;
  invariance: string;
}

/** One pixel of a picture is made brighter by 1, and convolved. */
export interface InfluenceRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "influence";
  /** name of a kernel of the bank */
  kernel: string;
  /** row and column; null: the middle */
  cell?: [number, number] | null;
  /** whose input's picture is taken; the bundled one if left out */
  network?: string | null;
  input?: string | null;
}

/** Which outputs change, and by how much.
 * array `x`: float32 (h, w), the picture in grey
 * array `difference`: float32 (rows, columns), conv(changed) - conv(x)
 * array `weight`: float64 (r, s), the kernel
 * array `response`: float64 (rows, columns) of the box, the difference there */
export interface InfluenceAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** the few lines of Python; they run as they stand */
  code: string;
  /** that they read */
  files: ProgramFile[];
  type: "influence";
  cell: [number, number];
  changed: number;
  outputs: number;
  /** outputs that changed, (start, stop) per axis */
  box: [number, number][];
  told: string;
}

/** What each channel gives to one number of a network's convolution. */
export interface FilterSumsRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  network: string;
  input: string;
  type: "filter_sums";
  /** null: the first convolution */
  layer?: string | null;
  filter?: number;
  /** channels that are told one by one, the strongest first */
  most?: number;
}

/** The sum behind the number of one map that is largest.
 * array `channels`: int32 (some,), the strongest channels, in the order of their magnitude
 * array `sums`: float64 (some,), what each gives */
export interface FilterSumsAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** the few lines of Python; they run as they stand */
  code: string;
  /** that they read */
  files: ProgramFile[];
  type: "filter_sums";
  /** all convolutions of the network */
  layers: string[];
  layer: string;
  filter: number;
  filters: number;
  /** channels that each filter reads */
  depth: number;
  kernel: number[];
  parameters: Filled;
  unit: string;
  /** channels that are not told one by one */
  others: number;
  /** what those give together */
  rest: Float;
  bias: Float;
  total: Float;
  /** after what the layer does to its total */
  value: Float;
}

/** Two convolutions one after the other; kernels as arrays, or two layers of a network.
 * array `first`: float64 (r, s) or (r,), absent where layers are named
 * array `second`: likewise
 * array `x`: float64, an input; the bundled picture if left out */
export interface MergeRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "merge";
  network?: string | null;
  input?: string | null;
  /** which of the network's pairs of stacked convolutions */
  pair?: number;
}

/** Two convolutions of a network that follow each other. */
export interface PairInfo {
  first: string;
  second: string;
  between: string[];
}

/** The merged kernel, and the stack beside it with and without ReLU; of several maps the one that parts most.
 * array `merged_kernel`: float64, the merged kernel (of one map and one channel)
 * array `x`: float32, the input (of its first channel)
 * array `stack`: float32, what the convolutions give one after the other
 * array `merged`: float32, what the merged kernel gives
 * array `relu`: float32, the stack with a ReLU between
 * array `difference`: float32, stack - merged
 * array `relu_difference`: float32, relu - merged */
export interface MergeAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** the few lines of Python; they run as they stand */
  code: string;
  /** that they read */
  files: ProgramFile[];
  type: "merge";
  /** taps of the two and of the merged kernel */
  kernels: number[][];
  /** channels read, maps between, maps made */
  maps: number[];
  /** the map that is shown */
  channel: number;
  stack_parameters: Filled;
  merged_parameters: Filled;
  exact: boolean;
  /** largest difference between stack and merged kernel, where the merge holds */
  error: Float;
  /** largest number of the stack, for comparison */
  largest: Float;
  relu_error: Float;
  relu_changed: number;
  numbers: number;
  clipped: Float;
  /** of the network that was named */
  pairs: PairInfo[];
  told: string;
}

/** The hand-written loop, line by line.
 * array `x`: float64 (l,) or (h, w)
 * array `kernel`: float64 (r,) or (r, s) */
export interface LoopRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "loop";
  stride?: number;
  padding?: number;
  dilation?: number;
}

/** A variable and what it holds, as Python writes it. */
export interface LoopVariable {
  name: string;
  text: string;
}

/** What holds just after a line has run. */
export interface LoopMoment {
  line: number;
  variables: LoopVariable[];
  position: number[];
  terms: number;
  /** the products so far, written out */
  sum: string;
}

/** Every step of the loop, and the calls that give the same.
 * array `output`: float64 (*positions), what comes out
 * array `made`: float64 (steps, *positions), the output so far; NaN before it exists
 * array `padded`: float64, the input with its padding
 * array `cells`: int32 (steps, rank), the cell of the padded input that the last product read; -1 where there is none
 * array `taps`: int32 (steps, rank), the tap of the kernel; likewise */
export interface LoopAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** the few lines of Python; they run as they stand */
  code: string;
  /** that they read */
  files: ProgramFile[];
  type: "loop";
  lines: string[];
  steps: LoopMoment[];
  striate: string;
  pytorch: string;
  keras: string;
}

/** A convolution on a few numbers, with everything under its window; or on the bundled picture.
 * array `x`: float64 (c, *spatial); the bundled picture in grey if left out
 * array `weight`: float64 (k, c/groups, *kernel); absent where a kernel is named
 * array `bias`: float64 (k,), optional */
export interface SlideRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "slide";
  /** name of a kernel of the bank */
  kernel?: string | null;
  stride?: number;
  padding?: number;
  dilation?: number;
  groups?: number;
  definition?: "correlate" | "convolve";
  relu?: boolean;
  /** whose input's picture is taken; the bundled one if left out */
  network?: string | null;
  input?: string | null;
}

/** What comes out, how large it is and why; for few numbers every product.
 * array `x`: float32 or float64 (c, *spatial), the input
 * array `y`: float64 (k, *positions); float32 of a picture
 * array `weight`: float64 (k, c/groups, *kernel), as it is laid on the input: turned round by convolve
 * array `windows`: float64 (*positions, c, *kernel), absent where there are too many
 * array `products`: float64 (k, *positions, c, *kernel), likewise
 * array `sums`: float64 (k, c, *positions), the products of each channel added up, likewise
 * array `totals`: float64 (k, *positions), all of them and the bias, before ReLU; likewise */
export interface SlideAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** the few lines of Python; they run as they stand */
  code: string;
  /** that they read */
  files: ProgramFile[];
  type: "slide";
  /** of each axis */
  sizes: Filled[];
  /** cells from the first tap to the last, per axis */
  span: number[];
  parameters: Filled;
  /** what the kernel is, in a word or two; empty where that is not said */
  kind: string;
  /** what the (first) kernel encodes; empty where that is not said */
  description: string;
}

/** Pooling of a small map, and flatten.
 * array `x`: float64 (c, h, w) */
export interface PoolRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "pool";
  kernel: [number, number];
  stride: [number, number];
  kind?: "max" | "average";
}

/** The pooled maps.
 * array `y`: float64 (c, rows, columns)
 * array `flat`: float64 (numbers,), the same in a line */
export interface PoolAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** the few lines of Python; they run as they stand */
  code: string;
  /** that they read */
  files: ProgramFile[];
  type: "pool";
  sizes: Filled[];
  /** of flatten; of one map, as if there were two of them */
  orders: FlattenOrders | null;
}

/** A layer of a stack, the same along each axis. */
export interface GrowthLayer {
  kind: "convolution" | "pooling";
  kernel: number;
  stride?: number;
  dilation?: number;
}

/** The receptive field layer by layer. */
export interface GrowthRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  type: "growth";
  layers: GrowthLayer[];
}

/** What a unit behind a layer sees, along one axis. */
export interface GrowthStage {
  field: Filled;
  jump: number;
}

/** A stage for each layer. */
export interface GrowthAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** the few lines of Python; they run as they stand */
  code: string;
  /** that they read */
  files: ProgramFile[];
  type: "growth";
  stages: GrowthStage[];
}

/** What the convolutions of a network would need as dense layers. */
export interface DenseLayersRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  network: string;
  input: string;
  type: "dense_layers";
}

/** A convolution, and the dense layer between the same numbers. */
export interface DenseLayer {
  layer: string;
  input_shape: number[];
  output_shape: number[];
  own: Filled;
  dense: Filled;
  ratio: Float;
}

/** The convolutions in order. */
export interface DenseLayersAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** the few lines of Python; they run as they stand */
  code: string;
  /** that they read */
  files: ProgramFile[];
  type: "dense_layers";
  layers: DenseLayer[];
}

/** The way from edges to objects through a run. */
export interface HierarchyRequest {
  /** chosen by the client, rising; no two open requests of a tab share one */
  id: number;
  /** a request that waits is dropped when a newer one of its lane comes; empty: never */
  lane?: string;
  network: string;
  input: string;
  type: "hierarchy";
  levels?: number;
}

/** One layer of the way. */
export interface HierarchyLevel {
  layer: string;
  channels: number;
  shape: number[];
  /** channels, those with the largest number first */
  order: number[];
  unit: string;
  value: Float;
  /** what the unit sees of the input; empty: not a box */
  box: [number, number][];
  field: number[];
}

/** The layers in order. */
export interface HierarchyAnswer {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  /** the few lines of Python; they run as they stand */
  code: string;
  /** that they read */
  files: ProgramFile[];
  type: "hierarchy";
  levels: HierarchyLevel[];
}

/** How far a long request is; comes any number of times before its answer. */
export interface Progress {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "progress";
  /** what is being done, for people: compiling kernels, layer 40 of 100 ... */
  what: string;
  done: number;
  /** 0 where nobody knows */
  total: number;
}

/** In place of an answer: what went wrong, in the words of the Python error. */
export interface Failure {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "error";
  /** class of the error: ShapeError, MediaError ...; Fault for one of striate's own */
  kind: string;
  message: string;
  /** type of the request, empty where it could not be read */
  request: string;
}

/** In place of an answer: the request was stopped by "cancel". */
export interface Cancelled {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "cancelled";
}

/** In place of an answer: a newer request with the same lane overtook this one before it began. */
export interface Dropped {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "dropped";
}

/** Unasked, id 0: what is open has changed, in this tab or another. */
export interface LibraryNotice {
  /** that of the request; 0 for what nobody asked for */
  id: number;
  type: "library";
  networks: NetworkEntry[];
  inputs: InputEntry[];
}

/** What POST /upload?name=FILE answers, as JSON, to raw bytes; an error answers with status 4xx and UploadError. */
export interface Uploaded {
  /** id to open it by, once; kept for some minutes */
  upload: string;
  name: string;
  bytes: number;
}

/** Why an upload was refused. */
export interface UploadError {
  kind: string;
  message: string;
}

/** Answer by type of request. */
export interface Answers {
  hello: HelloAnswer;
  samples: SamplesAnswer;
  open_network: OpenNetworkAnswer;
  open_input: OpenInputAnswer;
  close: CloseAnswer;
  cancel: CancelAnswer;
  network: NetworkAnswer;
  input: InputAnswer;
  prediction: PredictionAnswer;
  filter: FilterAnswer;
  maps: MapsAnswer;
  map: MapAnswer;
  statistics: StatisticsAnswer;
  channel_statistics: ChannelStatisticsAnswer;
  histogram: HistogramAnswer;
  contributors: ContributorsAnswer;
  explain: ExplainAnswer;
  formula: FormulaAnswer;
  field: FieldAnswer;
  trace: TraceAnswer;
  paint: PaintAnswer;
  shift: ShiftAnswer;
  flip: FlipAnswer;
  replace: ReplaceAnswer;
  edit_kernel: EditKernelAnswer;
  switch_channel: SwitchChannelAnswer;
  reset: ResetAnswer;
  edits: EditsAnswer;
  bench_sources: BenchSourcesAnswer;
  bench_open: BenchOpenAnswer;
  bench: BenchAnswer;
  bench_code: BenchCodeAnswer;
  bench_file: BenchFileAnswer;
  bench_declare: BenchDeclareAnswer;
  bench_film: BenchFilmAnswer;
  film: FilmAnswer;
  bench_unit: BenchUnitAnswer;
  difference: DifferenceAnswer;
  lesson_questions: LessonQuestionsAnswer;
  lesson_file: LessonFileAnswer;
  check_answer: AnswerCheckAnswer;
  explosion: ExplosionAnswer;
  dense_twin: DenseTwinAnswer;
  shift_measure: ShiftMeasureAnswer;
  influence: InfluenceAnswer;
  filter_sums: FilterSumsAnswer;
  merge: MergeAnswer;
  loop: LoopAnswer;
  slide: SlideAnswer;
  pool: PoolAnswer;
  growth: GrowthAnswer;
  dense_layers: DenseLayersAnswer;
  hierarchy: HierarchyAnswer;
}

/** Request by its type. */
export interface Requests {
  hello: HelloRequest;
  samples: SamplesRequest;
  open_network: OpenNetworkRequest;
  open_input: OpenInputRequest;
  close: CloseRequest;
  cancel: CancelRequest;
  network: NetworkRequest;
  input: InputRequest;
  prediction: PredictionRequest;
  filter: FilterRequest;
  maps: MapsRequest;
  map: MapRequest;
  statistics: StatisticsRequest;
  channel_statistics: ChannelStatisticsRequest;
  histogram: HistogramRequest;
  contributors: ContributorsRequest;
  explain: ExplainRequest;
  formula: FormulaRequest;
  field: FieldRequest;
  trace: TraceRequest;
  paint: PaintRequest;
  shift: ShiftRequest;
  flip: FlipRequest;
  replace: ReplaceRequest;
  edit_kernel: EditKernelRequest;
  switch_channel: SwitchChannelRequest;
  reset: ResetRequest;
  edits: EditsRequest;
  bench_sources: BenchSourcesRequest;
  bench_open: BenchOpenRequest;
  bench: BenchRequest;
  bench_code: BenchCodeRequest;
  bench_file: BenchFileRequest;
  bench_declare: BenchDeclareRequest;
  bench_film: BenchFilmRequest;
  film: FilmRequest;
  bench_unit: BenchUnitRequest;
  difference: DifferenceRequest;
  lesson_questions: LessonQuestionsRequest;
  lesson_file: LessonFileRequest;
  check_answer: AnswerCheckRequest;
  explosion: ExplosionRequest;
  dense_twin: DenseTwinRequest;
  shift_measure: ShiftMeasureRequest;
  influence: InfluenceRequest;
  filter_sums: FilterSumsRequest;
  merge: MergeRequest;
  loop: LoopRequest;
  slide: SlideRequest;
  pool: PoolRequest;
  growth: GrowthRequest;
  dense_layers: DenseLayersRequest;
  hierarchy: HierarchyRequest;
}

export type RequestType = keyof Requests;
export type Request = Requests[RequestType];
export type Notice = Progress | Failure | Cancelled | Dropped | LibraryNotice;
export type Answer = Answers[RequestType] | Notice;

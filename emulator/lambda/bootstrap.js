'use strict';
// lowcloud's runtime for Node functions: asks the Runtime API for events, calls the handler, answers as the managed runtime does.
//
// While a handler runs, the connection to the Runtime API does not keep the process alive: so 'beforeExit' tells when the event loop has
// drained, which is when a held callback result leaves, and how a promise that never settles is noticed.

const fs = require('fs');
const net = require('net');
const path = require('path');
const util = require('util');
const { Writable } = require('stream');
const { pathToFileURL } = require('url');

const PREFIX = '/2018-06-01/runtime';
const RESPONSE_MAX_BYTES = 20 * 1024 * 1024;

// ---- the wire: one connection, plain HTTP/1.1; the answer and the question for the next event leave in one packet ----

class Wire {
    constructor(address) {
        const colon = address.lastIndexOf(':');

        this.address = address;
        this.pending = Buffer.alloc(0);
        this.readers = [];
        this.nextRequest = `GET ${PREFIX}/invocation/next HTTP/1.1\r\nHost: ${address}\r\n\r\n`;
        this.socket = net.connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)), noDelay: true });
        this.socket.on('data', (data) => this.take(data));
        this.socket.on('error', () => process.exit(0));
        this.socket.on('close', () => process.exit(0)); // lowcloud has let this environment go
    }

    ask() {
        this.socket.ref();
        this.socket.write(this.nextRequest);
    }

    post(place, body, headers, asksNext) {
        let head = `POST ${PREFIX}${place} HTTP/1.1\r\nHost: ${this.address}\r\nContent-Length: ${body.length}\r\n`;

        for (const [name, value] of headers) {
            head += `${name}: ${value}\r\n`;
        }
        this.socket.ref();
        this.socket.write(Buffer.concat([Buffer.from(head + '\r\n'), body, Buffer.from(asksNext ? this.nextRequest : '')]));
    }

    // The next answer: { headers (in lower case), body }.
    read() {
        return new Promise((resolve) => {
            this.readers.push(resolve);
            this.take(Buffer.alloc(0));
        });
    }

    take(data) {
        if (data.length) {
            this.pending = this.pending.length ? Buffer.concat([this.pending, data]) : data;
        }
        while (this.readers.length) {
            const end = this.pending.indexOf('\r\n\r\n');

            if (end < 0) {
                return;
            }
            const headers = {};
            for (const line of this.pending.toString('latin1', 0, end).split('\r\n').slice(1)) {
                const colon = line.indexOf(':');

                headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
            }
            const size = Number(headers['content-length'] || 0);
            if (this.pending.length < end + 4 + size) {
                return;
            }
            const body = this.pending.subarray(end + 4, end + 4 + size);
            this.pending = this.pending.subarray(end + 4 + size);
            this.readers.shift()({ headers, body });
        }
    }
}

// ---- failures ----

class Fault extends Error {
    constructor(name, message) {
        super(message);
        this.name = name;
    }
}

function describe(error) {
    if (util.types.isNativeError(error) || (error && error.stack && error.message !== undefined)) {
        return { errorType: String(error.name), errorMessage: String(error.message), trace: String(error.stack).split('\n') };
    }
    let text;
    try {
        text = typeof error === 'object' ? JSON.stringify(error) : String(error);
    } catch {
        text = String(error);
    }
    return { errorType: typeof error, errorMessage: text, trace: [] };
}

function logFailure(level, words, error, report) {
    const { trace, ...rest } = report;
    const shown = { ...rest, ...(error !== null && typeof error === 'object' && error.code !== undefined ? { code: error.code } : {}), stack: trace };

    write(level, `${words}\t${JSON.stringify(shown)}`);
}

function errorHeaders(report) {
    return [
        ['Content-Type', 'application/json'],
        ['Lambda-Runtime-Function-Error-Type', report.errorType.replace(/[^\x20-\x7e]/g, '?')],
    ];
}

// ---- logging, as the managed runtime sets it up ----

let requestId;

function write(level, text) {
    process.stdout.write(`${new Date().toISOString()}\t${requestId}\t${level}\t${text.replace(/\n/g, '\r')}\n`);
}

function setUpLogging() {
    const levels = { log: 'INFO', info: 'INFO', debug: 'DEBUG', trace: 'TRACE', warn: 'WARN', error: 'ERROR', fatal: 'FATAL' };

    for (const [name, level] of Object.entries(levels)) {
        console[name] = (...values) => write(level, util.format(...values));
    }
}

// ---- the handler ----

function isEsm(file) {
    if (file.endsWith('.mjs')) {
        return true;
    }
    if (!file.endsWith('.js')) {
        return false;
    }
    for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
        const manifest = path.join(folder, 'package.json');

        if (fs.existsSync(manifest)) {
            try {
                return JSON.parse(fs.readFileSync(manifest, 'utf8')).type === 'module';
            } catch {
                return false;
            }
        }
        if (folder === path.dirname(folder) || path.basename(folder) === 'node_modules') {
            return false;
        }
    }
}

async function importModule(file) {
    const url = pathToFileURL(file).href;

    try {
        return await import(url);
    } catch (error) {
        if (error.code !== 'ERR_MODULE_NOT_FOUND') {
            throw error;
        }
        require('module').register(pathToFileURL(path.join(__dirname, 'resolve.mjs')).href);
        return import(`${url}?again`);
    }
}

async function loadModule(root, name) {
    const whole = path.resolve(root, name);

    for (const ending of ['', '.js', '.mjs', '.cjs']) {
        const file = whole + ending;

        if (fs.existsSync(file) && fs.statSync(file).isFile()) {
            return isEsm(file) ? importModule(file) : require(file);
        }
    }
    return require(require.resolve(name, { paths: [root, path.dirname(whole)] }));
}

async function loadHandler(root, handler) {
    if (handler.includes('..')) {
        throw new Fault('Runtime.MalformedHandlerName', `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
    }
    const folder = handler.slice(0, handler.length - path.basename(handler).length);
    const parts = /^([^.]*)\.(.*)$/.exec(path.basename(handler));
    if (!parts) {
        throw new Fault('Runtime.MalformedHandlerName', 'Bad handler');
    }
    let found;
    try {
        found = await loadModule(root, path.join(folder, parts[1]));
    } catch (error) {
        if (error instanceof SyntaxError) {
            throw Object.assign(new Fault('Runtime.UserCodeSyntaxError', String(error)), { stack: error.stack });
        }
        if (error !== null && typeof error === 'object' && /^(ERR_)?MODULE_NOT_FOUND$/.test(error.code)) {
            throw Object.assign(new Fault('Runtime.ImportModuleError', String(error)), { stack: error.stack });
        }
        throw error;
    }
    for (const name of parts[2].split('.')) {
        found = found === null || found === undefined ? undefined : found[name] ?? (found.default && found.default[name]);
    }
    if (found === undefined || found === null) {
        throw new Fault('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
    }
    if (typeof found !== 'function') {
        throw new Fault('Runtime.HandlerNotFound', `${handler} is not a function`);
    }
    return found;
}

// ---- streaming handlers: what they write is gathered and sent as one answer ----

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

class ResponseStream extends Writable {
    constructor() {
        super();
        this.chunks = [];
        this.size = 0;
        this.contentType = 'application/octet-stream';
    }

    setContentType(type) {
        this.contentType = type;
    }

    _write(chunk, encoding, done) {
        this.size += chunk.length;
        if (this.size > RESPONSE_MAX_BYTES) {
            done(new Error('the streamed response is over 20 MiB'));
            return;
        }
        this.chunks.push(chunk);
        done();
    }
}

function setUpStreaming() {
    globalThis.awslambda = {
        streamifyResponse(handler, options) {
            handler[STREAMING] = true;
            return handler;
        },
        HttpResponseStream: {
            from(stream, metadata) {
                stream.setContentType('application/vnd.awslambda.http-integration-response');
                stream.write(JSON.stringify(metadata));
                stream.write(Buffer.alloc(8));
                return stream;
            },
        },
    };
}

function callStreaming(handler, event, context) {
    const stream = new ResponseStream();

    return new Promise((resolve, reject) => {
        stream.on('finish', () => resolve({ bytes: Buffer.concat(stream.chunks), contentType: stream.contentType }));
        stream.on('error', reject);
        Promise.resolve(handler(event, stream, context)).catch(reject);
    });
}

// ---- one invocation ----

let running = null; // { settle, isAsync, held }

function makeContext(headers, deadline) {
    const given = headers['lambda-runtime-client-context'];
    const identity = headers['lambda-runtime-cognito-identity'];

    return {
        callbackWaitsForEmptyEventLoop: true,
        functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
        functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
        memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
        logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
        logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
        clientContext: given ? JSON.parse(given) : undefined,
        identity: identity ? JSON.parse(identity) : undefined,
        invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
        awsRequestId: headers['lambda-runtime-aws-request-id'],
        getRemainingTimeInMillis: () => deadline - Date.now(),
    };
}

// Calls the handler; the promise settles with { error } or { result }.
function run(handler, event, context) {
    return new Promise((resolve) => {
        const self = { isAsync: false, held: null };
        self.settle = (outcome) => {
            if (running === self) {
                running = null;
                resolve(outcome);
            }
        };
        running = self;

        const callback = (error, result) => {
            const outcome = error === null || error === undefined ? { result } : { error };

            if (running !== self || self.held) {
                return;
            }
            if (context.callbackWaitsForEmptyEventLoop) {
                self.held = outcome;
            } else {
                self.settle(outcome);
            }
        };
        context.done = callback;
        context.fail = (error) => {
            context.callbackWaitsForEmptyEventLoop = false;
            callback(error ?? 'handled');
        };
        context.succeed = (result) => {
            context.callbackWaitsForEmptyEventLoop = false;
            callback(null, result);
        };

        try {
            if (handler[STREAMING]) {
                self.isAsync = true;
                callStreaming(handler, event, context).then((streamed) => self.settle({ streamed }), (error) => self.settle({ error }));
                return;
            }
            const made = handler(event, context, callback);
            if (made !== null && made !== undefined && typeof made.then === 'function') {
                self.isAsync = true;
                made.then((result) => self.settle({ result }), (error) => self.settle({ error }));
            }
        } catch (error) {
            self.settle({ error });
        }
    });
}

const NEVER_SETTLED =
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. ' +
    'For more information, see https://nodejs.org/docs/latest/api/process.html#process_exit_codes';

function onDrained() {
    if (!running) {
        return;
    }
    if (running.held) {
        running.settle(running.held);
    } else if (running.isAsync) {
        running.settle({ error: new Fault('Runtime.NodeJsExit', NEVER_SETTLED) });
    } else {
        running.settle({ result: null });
    }
}

function encode(result) {
    try {
        return Buffer.from(JSON.stringify(result === undefined ? null : result) ?? 'null');
    } catch {
        throw new Error('Unable to stringify response body');
    }
}

function answer(wire, id, outcome) {
    try {
        if ('streamed' in outcome) {
            wire.post(`/invocation/${id}/response`, outcome.streamed.bytes, [['Content-Type', outcome.streamed.contentType]], true);
            return;
        }
        if (!('error' in outcome)) {
            wire.post(`/invocation/${id}/response`, encode(outcome.result), [['Content-Type', 'application/json']], true);
            return;
        }
    } catch (error) {
        outcome = { error };
    }
    const report = describe(outcome.error);
    logFailure('ERROR', 'Invoke Error ', outcome.error, report);
    wire.post(`/invocation/${id}/error`, Buffer.from(JSON.stringify(report)), errorHeaders(report), true);
}

// An error that nobody caught ends the process, after it was told.
function onFatal(wire, words, error, code) {
    const report = describe(error);
    const place = running ? `/invocation/${requestId}/error` : '/init/error';

    running = null;
    logFailure('ERROR', words, error, report);
    wire.readers = [() => process.exit(code)];
    wire.post(place, Buffer.from(JSON.stringify(report)), errorHeaders(report), false);
    setTimeout(() => process.exit(code), 1000);
}

async function serve(wire, handler) {
    wire.ask();
    for (;;) {
        const { headers, body } = await wire.read();
        wire.socket.unref();
        requestId = headers['lambda-runtime-aws-request-id'];
        if (headers['lambda-runtime-trace-id']) {
            process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
        } else {
            delete process.env._X_AMZN_TRACE_ID;
        }
        const context = makeContext(headers, Number(headers['lambda-runtime-deadline-ms']));
        let outcome;
        try {
            outcome = await run(handler, JSON.parse(body.toString('utf8')), context);
        } catch (error) {
            outcome = { error };
        }
        answer(wire, requestId, outcome);
        await wire.read(); // that the answer was taken
    }
}

async function main() {
    const wire = new Wire(process.env.AWS_LAMBDA_RUNTIME_API);
    let handler;

    setUpLogging();
    setUpStreaming();
    process.stdout.on('error', () => {}); // a handler may close its output; the answer counts
    process.on('beforeExit', onDrained);
    process.on('uncaughtException', (error) => onFatal(wire, 'Uncaught Exception ', error, 129));
    process.on('unhandledRejection', (reason, promise) => {
        const error = new Fault('Runtime.UnhandledPromiseRejection', String(reason));

        error.stack = reason && reason.stack ? `${error.name}: ${reason.stack}` : error.stack;
        onFatal(wire, 'Unhandled Promise Rejection ', error, 128);
    });
    try {
        handler = await loadHandler(process.env.LAMBDA_TASK_ROOT || process.cwd(), process.env._HANDLER || '');
    } catch (error) {
        onFatal(wire, 'Uncaught Exception ', error, 1);
        return;
    }
    await serve(wire, handler);
}

main();

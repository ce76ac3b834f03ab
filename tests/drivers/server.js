"use strict";
// `mainstay serve` as its own process, on a free port, with a database in a folder that goes away with it.

const { execFileSync, spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const mainstay = process.env.MAINSTAY;
const source = path.join(__dirname, "..", "..");

function readStatus(pid, field) {
    const line = fs.readFileSync(`/proc/${pid}/status`, "utf8").match(new RegExp(`^${field}:\\s+(\\d+) kB`, "m"));
    return Number(line[1]) * 1024;
}

// A certificate for localhost that signs itself: the options to serve with it.
function certificate(folder) {
    const [cert, key] = ["server.crt", "server.key"].map((name) => path.join(folder, name));
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost"], { stdio: "pipe" });
    return ["--tls-cert", cert, "--tls-key", key];
}

// An account; its password comes from standard input.
function addAccount(file, name, role, password) {
    execFileSync(mainstay, ["user", "add", file, name, "--role", role, "--password-file", "-"], { input: password });
}

// A token of an account.
function makeToken(file, name) {
    return execFileSync(mainstay, ["user", "token", file, name], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

class Server {
    // database: "empty", with the built-in class model, or "airline", the example. options: more for `mainstay serve`.
    // prepare(folder, file): what is done before it is served; more options may come of it.
    static async start(database, options = [], prepare = () => []) {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mainstay-drivers-"));
        const file = path.join(folder, "estate.mst");
        try {
            if (database === "airline") {
                const example = path.join(source, "examples", "airline");
                execFileSync(mainstay, ["import", file, "--map", path.join(example, "import.json"), example,
                    "--author", "test", "--reason", "first load"], { stdio: "pipe" });
            } else {
                execFileSync(mainstay, ["query", file, "RETURN 1"], { stdio: "pipe" });
            }
            const server = new Server(folder, file);
            await server.serve([...options, ...prepare(folder, file)]);
            return server;
        } catch (error) {
            fs.rmSync(folder, { recursive: true, force: true });
            throw error;
        }
    }

    constructor(folder, file) {
        this.folder = folder;
        this.file = file;
        this.said = "";
    }

    // Resolves when it has said where it listens.
    serve(options) {
        const free = (door) => (options.includes(door) ? [] : [door, "127.0.0.1:0"]);
        this.said = "";
        this.process = spawn(mainstay, ["serve", this.file, ...free("--bolt"), ...free("--http"), ...options]);
        const end = () => this.process.kill("SIGKILL");  // where nobody stops it
        process.on("exit", end);
        this.process.on("close", () => process.off("exit", end));
        this.ended = new Promise((resolve) => this.process.on("close", (code, signal) => resolve(signal ?? code)));
        return new Promise((resolve, reject) => {
            const listen = (bytes) => {
                this.said += bytes;
                const http = this.said.match(/https?:\/\/127\.0\.0\.1:(\d+)/);
                if (http) this.httpPort = Number(http[1]);
                const port = this.said.match(/bolt[+\w]*:\/\/127\.0\.0\.1:(\d+)/);
                if (!port) return;
                this.port = Number(port[1]);
                resolve();
            };
            this.process.stdout.on("data", listen);
            this.process.stderr.on("data", listen);
            this.ended.then((how) => reject(new Error(`mainstay serve ended with ${how}: ${this.said}`)));
        });
    }

    // Most memory that it ever had in pages of its own or of files.
    residentBytesMost() {
        return readStatus(this.process.pid, "VmHWM");
    }

    // What another process reads of the file meanwhile.
    run(...command) {
        return execFileSync(mainstay, [command[0], this.file, ...command.slice(1)], { encoding: "utf8" });
    }

    // How it ended: 0 as it should.
    async stop() {
        this.process.kill("SIGTERM");  // nothing if it has ended
        const how = await this.ended;
        fs.rmSync(this.folder, { recursive: true, force: true });
        return how;
    }
}

module.exports = { Server, addAccount, certificate, makeToken };

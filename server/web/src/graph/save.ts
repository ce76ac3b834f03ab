// Gives the browser a file to keep.

export function save(content: Blob, name: string) {
    const address = URL.createObjectURL(content), link = document.createElement("a");
    link.href = address;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

// A name that every file system takes.
export const fileName = (name: string, extension: string) =>
    `${name.normalize("NFKD").replace(/[^\p{L}\p{N}.-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 80) || "graph"}.${extension}`;

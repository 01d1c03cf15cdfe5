export declare const contentOf: (head: string, turn: number) => { readonly turn: number }

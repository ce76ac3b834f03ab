#!/usr/bin/env python3
"""table.py LINES: a row a statement; status 1 if answers differ."""
import json, sys

results, names = {}, []
for line in open(sys.argv[1]):
    r = json.loads(line)
    results[r['engine'], r['name']] = r
    if r['name'] not in names:
        names.append(r['name'])
engines = [e for e in ('ours', 'sqlite', 'duckdb') if any(k[0] == e for k in results)]
print('| statement | ' + ' | '.join(engines) + ' | ours beside the best |')
print('| --- |' + ' --- |' * (len(engines) + 1))
differ = []
for name in names:
    of = {e: results.get((e, name)) for e in engines}
    peers = [r['ms'] for e, r in of.items() if e != 'ours' and r]
    ours = of['ours']['ms']
    print(f"| {name} | " + ' | '.join(f"{r['ms']:.3g}" if r else '-' for r in of.values()) +
          (f" | {ours / min(peers):.2f}x |" if peers else ' | - |'))
    differ += [f'{name}: {e} answers otherwise' for e, r in of.items() if r and r['rows'] != of['ours']['rows']]
print('\n'.join(differ) or 'All answers are equal.')
sys.exit(1 if differ else 0)

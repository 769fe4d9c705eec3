"""Reads the links of a program without the preload into a file for systemd: links.py FILE PARAMETER...

In Python, which is where cloud-init is; a program without Node.js needs none for this.
"""
import json, os, subprocess, sys, time

def ask(name):
    command = ["aws", "ssm", "get-parameter", "--with-decryption", "--output", "json", "--name", name]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)

def read(name):
    answer = ask(name)
    # A role that was made moments ago is not known everywhere yet.
    for pause in 2, 5, 10:
        if answer.returncode:
            time.sleep(pause)
            answer = ask(name)
    if answer.returncode:
        sys.exit(f"cannot read the links: {name}: {answer.stderr.strip()}")
    return json.loads(answer.stdout)["Parameter"]["Value"]

def quoted(value):
    for special in '\\"$`':
        value = value.replace(special, "\\" + special)
    return f'"{value}"'

file, *names = sys.argv[1:]
links = json.loads("".join(map(read, names)) or "{}")
for variable, name in json.loads(links.pop("SST_EC2_SSM", "{}")).items():
    links[variable] = read(name)
with open(file, "w", encoding="utf-8") as output:
    output.writelines(f"{name}={quoted(value)}\n" for name, value in links.items())

#!/bin/sh
# Reads three keys one at a time from the terminal and says each.
old=$(stty -g)
stty -icanon -echo min 1
echo "child ready"
got=
for _ in 1 2 3; do
  key=$(dd bs=1 count=1 2>/dev/null)
  got=$got$key
  echo "child got $got."
done
stty "$old"

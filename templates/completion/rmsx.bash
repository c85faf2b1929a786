# Completion of rmsx for bash. Use it: source <(rmsx completion bash)

_rmsx() {
  local -a words=()
  local word previous='' line index
  # Bash splits words at = and :, rmsx does not.
  for ((index = 1; index <= COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    if ((${#words[@]} > 0)) && [[ $word == [=:]* || $previous == [=:] ]]; then
      words[${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    previous=$word
  done
  local current=${words[${#words[@]} - 1]} start=''
  case ${COMP_WORDS[COMP_CWORD]} in
    "$current") ;;
    [=:]*) start=$current ;;
    *) start=${current%"${COMP_WORDS[COMP_CWORD]}"} ;;
  esac
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files | :directories)
        local kind=-f
        [[ $line == :directories ]] && kind=-d
        compopt -o filenames 2>/dev/null
        local path=$current
        [[ $path == --*=* ]] && path=${path#*=}
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$kind" -- "$path")
        ;;
      *)
        word=${line%%$'\t'*}
        COMPREPLY+=("${word#"$start"}")
        ;;
    esac
  done < <("$1" __complete -- "${words[@]}" 2>/dev/null </dev/null)
}

complete -F _rmsx rmsx

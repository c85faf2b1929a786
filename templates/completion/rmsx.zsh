#compdef rmsx
# Completion of rmsx for zsh. Use it: source <(rmsx completion zsh), behind compinit

_rmsx() {
  local -a lines candidates
  local line word
  lines=("${(@f)$("${(Q)words[1]}" __complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  for line in $lines; do
    case $line in
      (:files) [[ $PREFIX == --*=* ]] && compset -P '*='; _files ;;
      (:directories) [[ $PREFIX == --*=* ]] && compset -P '*='; _files -/ ;;
      (*$'\t'?*) word=${line%%$'\t'*}; candidates+=("${word//:/\\:}:${line#*$'\t'}") ;;
      (*) word=${line%%$'\t'*}; candidates+=("${word//:/\\:}") ;;
    esac
  done
  (( $#candidates )) && _describe -t values rmsx candidates
}

if [[ $funcstack[1] == _rmsx ]]; then
  _rmsx "$@"
else
  compdef _rmsx rmsx
fi

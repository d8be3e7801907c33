/**
 * For `source <(docker completion bash)`: a function, and nothing run at login. Bash has cut the line into words at `=`
 * and `:`, too, and replaces only what follows the last of these.
 */
export const BASH = `# bash completion of docker; written by: docker completion bash
_docker_complete() {
  local line=\${COMP_LINE:0:COMP_POINT} quotes='["'\\''\\\\]' trimmed piece i
  local -a words=() answer=() paths=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    trimmed=\${line#"\${line%%[![:space:]]*}"}
    piece=\${COMP_WORDS[i]}
    ((i < COMP_CWORD)) || piece=$trimmed
    if [[ $trimmed == "$line" && $i -gt 0 ]]; then words[-1]+=$piece; else words+=("$piece"); fi
    line=\${trimmed#"$piece"}
  done
  words=("\${words[@]//$quotes/}")
  words=("\${words[@]/#~\\//$HOME/}")
  local program=\${words[0]} current=\${words[-1]}
  type -P "$program" >/dev/null || program=docker
  mapfile -t answer < <(command "$program" __complete "\${words[@]:1}" 2>/dev/null </dev/null)
  ((\${#answer[@]})) || return 0
  local directive=\${answer[-1]} breaks=\${COMP_WORDBREAKS//[^@:=]/} there= value before= kind=
  unset 'answer[-1]'
  if [[ $breaks && $current == *[$breaks]* ]]; then there=\${current%"\${current##*[$breaks]}"}; fi
  case $directive in
    :files*) kind=-f ;;
    :folders*) kind=-d ;;
  esac
  if [[ $kind ]]; then
    [[ $directive == *$'\\t'* ]] && before=\${directive#*$'\\t'}
    mapfile -t paths < <(compgen $kind -- "\${current#"$before"}")
    paths=("\${paths[@]/#/$before}")
  fi
  # What readline knows for paths it quotes itself.
  ((\${#paths[@]})) && compopt -o filenames 2>/dev/null
  COMPREPLY=()
  for value in "\${answer[@]%%$'\\t'*}" "\${paths[@]}"; do
    value=\${value#"$there"}
    ((\${#paths[@]})) || printf -v value %q "$value"
    COMPREPLY+=("$value")
  done
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[=:] ]]; then compopt -o nospace 2>/dev/null; fi
  return 0
}
complete -F _docker_complete docker
`;

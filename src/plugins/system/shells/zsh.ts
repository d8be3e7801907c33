/** For `source <(docker completion zsh)` after compinit, or as a file `_docker` in a folder of fpath. */
export const ZSH = `#compdef docker
# zsh completion of docker; written by: docker completion zsh
_docker() {
  local line value directive program=\${(Q)words[1]/#\\~\\//$HOME/}
  local -a answer plain open
  whence -p -- "$program" >/dev/null || program=docker
  answer=("\${(@f)$(command "$program" __complete "\${(@)\${(@Q)words[2,CURRENT-1]}/#\\~\\//$HOME/}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  directive=$answer[-1]
  for line in "\${(@)answer[1,-2]}"; do
    value=\${line%%$'\\t'*}
    # _describe ends a value at the first colon that is not quoted.
    line=\${value//:/\\\\:}\${\${line#"$value"}/$'\\t'/:}
    if [[ $value == *[=:] ]]; then open+=("$line"); else plain+=("$line"); fi
  done
  local found=1
  _describe -t docker docker plain -- open -S '' && found=0
  if [[ $directive == (:files|:folders)* ]]; then
    [[ $directive == *$'\\t'* ]] && compset -p \${#\${directive#*$'\\t'}}
    if [[ $directive == :files* ]]; then _files && found=0; else _files -/ && found=0; fi
  fi
  return found
}
if [[ $funcstack[1] == _docker ]]; then _docker "$@"; else compdef _docker docker; fi
`;

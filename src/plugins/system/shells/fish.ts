/** For `docker completion fish | source`, or as the file docker.fish in ~/.config/fish/completions. */
export const FISH = `# fish completion of docker; written by: docker completion fish
function __docker_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -e words[1]
    command -q $program; or set program docker
    set -l answer (command $program __complete $words "$current" 2>/dev/null </dev/null)
    set -q answer[1]; or return
    set -l directive (string split -m 1 \\t -- $answer[-1])
    set -e answer[-1]
    set -l before "$directive[2]"
    set -l path (string sub -s (math (string length -- "$before") + 1) -- "$current")
    switch $directive[1]
        case :files
            set -a answer $before(__fish_complete_path "$path")
        case :folders
            set -a answer $before(__fish_complete_directories "$path")
    end
    set -q answer[1]; and printf '%s\\n' $answer
end
complete -c docker -e
complete -c docker -f -a '(__docker_complete)'
`;

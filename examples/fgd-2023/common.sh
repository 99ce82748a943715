# shellcheck shell=bash
# common.sh - the policies of the FGD paper in simctl's terms. Sourced, not run.
# shellcheck source=examples/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
here=$root/examples/fgd-2023
export LC_ALL=C

# In the order of the published table, worst first.
policies=(Random DotProd GpuClustering GpuPacking BestFit FGD)

# Sets `flags` for a policy; $2 is the list of pods whose shapes are typical for FGD. Published
# scores look at CPU and GPU only and are cut to 0..100, which makes ties.
policy_flags() {
    case $1 in
    Random) flags=(--policy random-fit) ;;
    DotProd) flags=(--policy dot-product --set policy.dims=cpu,gpu --set policy.resolution=100) ;;
    GpuClustering) flags=(--policy gpu-clustering) ;;
    GpuPacking) flags=(--policy gpu-packing) ;;
    BestFit) flags=(--policy best-fit --set policy.dims=cpu,gpu --set policy.resolution=100) ;;
    FGD) flags=(--policy fgd --set "policy.history=openb:$2") ;;
    esac
}

package main
import ("testing";"os";"context";"bytes")
var _ = context.Background
func TestZZ(t *testing.T){ if os.Getenv("ZZ")==""{t.Skip()}; os.Chdir(os.Getenv("ZZ")); var o,e bytes.Buffer; args:=[]string{"vet"}; if a:=os.Getenv("ZA");a!=""{args=append(args,a)}; if os.Getenv("ZR")!=""{args=[]string{"render","--dry-run"}}; run(args, nil,&o,&e); t.Log(o.Len(), e.Len()) }
